import { readIssuer, type Authority } from '../../../proxy/tls/authority.ts';

const DAY_MS = 24 * 3_600_000;
/** Milliseconds before its end from which on an authority is replaced, and people are told to. */
const RENEW_MS = 30 * DAY_MS;

export function endsSoon({ notAfter }: Authority, now: number): boolean {
  return notAfter - now < RENEW_MS;
}

/** Why it cannot sign; undefined when it can. */
export function troubleWithKey(dir: string, authority: Authority): string | undefined {
  try {
    readIssuer(dir, authority);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

export function endDate({ notAfter }: Authority): string {
  return new Date(notAfter).toISOString().slice(0, 10);
}
