import { COLON, isLineEnd, isText, SPACE, TAB, tokenEnd, valueEnd } from './characters.ts';

/** One line of a head. Offsets into the bytes it was read from. */
export interface HeaderLine {
  start: number;
  /** After the name. */
  nameEnd: number;
  valueStart: number;
  /** After the value, without the white space around it. */
  valueEnd: number;
  /** After the line. */
  end: number;
}

/** Used again for each line, since heads are read on the hot path. */
const line: HeaderLine = { start: 0, nameEnd: 0, valueStart: 0, valueEnd: 0, end: 0 };

/**
 * The line that begins at `at`, strictly by RFC 9112, 5: no space before the colon, no folding, no bare CR or LF, no NUL. Valid until the next call.
 * @returns undefined when it is none
 */
export function readHeaderLine(bytes: Buffer, at: number): HeaderLine | undefined {
  const nameEnd = tokenEnd(bytes, at);
  if (nameEnd === at || bytes[nameEnd] !== COLON) return undefined;
  let start = nameEnd + 1;
  while (bytes[start] === SPACE || bytes[start] === TAB) start += 1;
  const stop = valueEnd(bytes, start);
  if (!isLineEnd(bytes, stop)) return undefined;
  let end = stop;
  while (end > start && (bytes[end - 1] === SPACE || bytes[end - 1] === TAB)) end -= 1;
  line.start = at;
  line.nameEnd = nameEnd;
  line.valueStart = start;
  line.valueEnd = end;
  line.end = stop + 2;
  return line;
}

/** Whether that is the name of the line; `lower` is in lower case. */
export function isNamed(bytes: Buffer, { start, nameEnd }: HeaderLine, lower: string): boolean {
  return nameEnd - start === lower.length && isText(bytes, start, lower);
}

export function valueOf(bytes: Buffer, { valueStart, valueEnd: end }: HeaderLine): string {
  return bytes.toString('latin1', valueStart, end);
}

/** The values of a header in a head that was read before; names are in lower case. Not for the hot path. */
export function headerValues(bytes: Buffer, head: { linesStart: number; end: number }, name: string): string[] {
  const values: string[] = [];
  for (let at = head.linesStart; at < head.end - 2;) {
    const found = readHeaderLine(bytes, at);
    if (!found) break;
    if (isNamed(bytes, found, name)) values.push(valueOf(bytes, found));
    at = found.end;
  }
  return values;
}

/** The elements of a list, in lower case. */
export function listOf(value: string): string[] {
  return value
    .split(',')
    .map((element) => element.replace(/^[ \t]+|[ \t]+$/g, '').toLowerCase())
    .filter(Boolean);
}
