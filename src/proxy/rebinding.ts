import { hostName, isLocalName } from './host.ts';

const REQUEST = /^[A-Z]{3,20} [^\s]{1,8000} HTTP\/1\.[01]\r\n/;
const BEGINNING = /^[A-Z]{1,20}(?: [^\s]{0,8000}(?: (?:H(?:T(?:T(?:P(?:\/[^\s]{0,3}\r?)?)?)?)?)?)?)?$/;

/** Whether bytes are the beginning of an HTTP request whose head is not complete yet. */
export function looksLikeHttp(bytes: Buffer): boolean {
  const text = bytes.toString('latin1');
  return BEGINNING.test(text) || (REQUEST.test(text) && !text.includes('\r\n\r\n') && hostIn(text) === undefined);
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
