import { hostName, isLocalName } from './host.ts';

const REQUEST = /^[A-Z]{3,20} [^\s]{1,8000} HTTP\/1\.[01]\r\n/;

/**
 * Whether bytes are an HTTP request that does not say yet for whom. Browsers send the first line whole: whatever has none is something else,
 * and perhaps all that is going to be said.
 */
export function isUndecided(bytes: Buffer): boolean {
  const text = bytes.toString('latin1');
  return REQUEST.test(text) && !text.includes('\r\n\r\n') && hostIn(text) === undefined;
}

/** Whether bytes are an HTTP request for a name that is not this machine's own, whatever a name server says of it. */
export function namesStranger(bytes: Buffer): boolean {
  const text = bytes.toString('latin1');
  const host = REQUEST.test(text) ? hostIn(text) : undefined;
  if (host === undefined) return false;
  const name = hostName(host);
  return name === undefined || !isLocalName(name);
}

/** The value of its Host header, once that line is complete. */
function hostIn(text: string): string | undefined {
  const [head = ''] = text.split('\r\n\r\n', 1);
  const lines = head === text ? text.slice(0, text.lastIndexOf('\r\n') + 2) : `${head}\r\n`;
  return /\r\nhost:[ \t]*([^\r\n]*?)[ \t]*\r\n/i.exec(lines)?.[1];
}
