/** Which bytes may stand where (RFC 9110, 5.6.2 and 5.5; RFC 9112, 3.2). One table, a bit for each place. */
const table = new Uint8Array(256);

const TOKEN = 1;
const VALUE = 2;
const TARGET = 4;

for (const character of "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") {
  table[character.charCodeAt(0)]! |= TOKEN;
}
for (let byte = 0x21; byte < 256; byte += 1) if (byte !== 0x7f) table[byte]! |= VALUE | TARGET;
table[0x20]! |= VALUE;
table[0x09]! |= VALUE;

export const CR = 0x0d;
export const LF = 0x0a;
export const SPACE = 0x20;
export const TAB = 0x09;
export const COLON = 0x3a;

/** Where the run of token characters that begins at `at` ends. */
export function tokenEnd(bytes: Buffer, at: number): number {
  while ((table[bytes[at]!]! & TOKEN) !== 0) at += 1;
  return at;
}

/** Where the run of characters that a header's value may have ends. */
export function valueEnd(bytes: Buffer, at: number): number {
  while ((table[bytes[at]!]! & VALUE) !== 0) at += 1;
  return at;
}

export function isValueByte(byte: number): boolean {
  return (table[byte]! & VALUE) !== 0;
}

/** Where the run of characters that a request's target may have ends. */
export function targetEnd(bytes: Buffer, at: number): number {
  while ((table[bytes[at]!]! & TARGET) !== 0) at += 1;
  return at;
}

export function isLineEnd(bytes: Buffer, at: number): boolean {
  return bytes[at] === CR && bytes[at + 1] === LF;
}

/** Whether the bytes from `at` are that text. */
export function isExactly(bytes: Buffer, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** Whether the bytes from `at` are that text, which is in lower case, in any case. */
export function isText(bytes: Buffer, at: number, lower: string): boolean {
  for (let i = 0; i < lower.length; i += 1) {
    const byte = bytes[at + i]!;
    const folded = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
    if (folded !== lower.charCodeAt(i)) return false;
  }
  return true;
}
