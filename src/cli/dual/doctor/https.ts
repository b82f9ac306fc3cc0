import { statSync } from 'node:fs';
import { readAuthority, type Authority } from '../../../proxy/tls/authority.ts';
import { caFiles } from '../../../proxy/tls/ca-files.ts';
import { quote } from '../quote.ts';
import { lookingHost, type TrustHost } from '../trust/host.ts';
import type { Presence, TrustStore } from '../trust/store.ts';
import { findStores } from '../trust/stores.ts';
import { endDate, endsSoon, troubleWithKey } from '../trust/usable.ts';
import type { CheckResult, DoctorContext } from './check.ts';

const name = 'https';

/** Whether it is on, for how long, and whether browsers would take it. */
export async function checkHttps(
  context: DoctorContext,
  host: TrustHost = lookingHost(context),
  now = Date.now(),
): Promise<CheckResult> {
  const { ca: dir } = context.paths;
  let authority: Authority | undefined;
  try {
    authority = readAuthority(dir);
  } catch (error) {
    return warning((error as Error).message, `rm -r ${quote(dir)} && dual trust`);
  }
  if (!authority) return { name, status: 'ok', message: 'off; `dual trust` turns it on' };
  const trouble = troubleOf(dir, authority, now);
  if (trouble) return trouble;
  const lacking = await storesWithout(authority, host);
  const until = `on, until ${endDate(authority)}`;
  if (lacking.length === 0) return { name, status: 'ok', message: until };
  return warning(`${until}, and not trusted by ${lacking.join(', ')}`, 'dual trust');
}

function troubleOf(dir: string, authority: Authority, now: number): CheckResult | undefined {
  const trouble = troubleWithKey(dir, authority);
  if (trouble !== undefined) return warning(`off: ${trouble}`, 'dual trust');
  const { key } = caFiles(dir);
  const mode = statSync(key).mode & 0o777;
  if ((mode & 0o077) !== 0) {
    return warning(`${key} can be read by other users (mode ${mode.toString(8)})`, `chmod 600 ${quote(key)}`);
  }
  if (endsSoon(authority, now)) {
    const verb = authority.notAfter < now ? 'has ended' : 'ends';
    return warning(`${authority.name} ${verb} on ${endDate(authority)}`, 'dual trust');
  }
  return undefined;
}

/** Those that certainly do not have it; into some nobody can look without a program that is not there. */
async function storesWithout(authority: Authority, host: TrustHost): Promise<string[]> {
  const stores = await findStores(host);
  const presences = await Promise.all(stores.map((store) => store.observe(authority)));
  const isLacking = (store: TrustStore, presence: Presence | undefined): boolean =>
    presence !== 'trusted' && !(presence === 'partial' && store.lacks);
  return stores.filter((store, index) => isLacking(store, presences[index])).map((store) => store.name);
}

function warning(message: string, fix: string): CheckResult {
  return { name, status: 'warning', message, fix };
}
