import { hostName, isLocalName } from './host.ts';

const REQUEST = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+ \S+ HTTP\/1\.[01]\r\n/;
/** The first line of a request as far as it fits into one read: browsers send shorter ones whole. */
const LONG_BEGINNING = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+ \S{1024,}$/;

/** Whether bytes are, or may become, an HTTP request that does not say yet for whom. Whatever else has no first line may be all there is to say. */
export function isUndecided(bytes: Buffer): boolean {
  const text = bytes.toString('latin1');
  if (LONG_BEGINNING.test(text)) return true;
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
  return /\r\nhost:([^\r\n]*)\r\n/i.exec(lines)?.[1]?.trim();
}
