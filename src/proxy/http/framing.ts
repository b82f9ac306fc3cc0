import { isNamed, valueOf, type HeaderLine } from './header-lines.ts';

/** How the end of a message's body is found. */
export type Framing = 'none' | 'length' | 'chunked' | 'close';

/** What a head says about its body, gathered line by line. */
export class FramingHeaders {
  length: number | undefined;
  /** The value of Transfer-Encoding, in lower case. */
  coding: string | undefined;

  /** @returns whether the line was one of these; throws HeadError for what could be understood in two ways */
  take(bytes: Buffer, line: HeaderLine): boolean {
    if (isNamed(bytes, line, 'content-length')) this.#takeLength(numberIn(bytes, line));
    else if (isNamed(bytes, line, 'transfer-encoding')) this.#takeCoding(valueOf(bytes, line));
    else return false;
    if (this.length !== undefined && this.coding !== undefined)
      throw new HeadError(400, 'Content-Length and Transfer-Encoding');
    return true;
  }

  #takeLength(value: number | undefined): void {
    if (this.length !== undefined) throw new HeadError(400, 'a second Content-Length');
    if (value === undefined) throw new HeadError(400, 'a Content-Length that is no number');
    this.length = value;
  }

  #takeCoding(value: string): void {
    if (this.coding !== undefined) throw new HeadError(400, 'a second Transfer-Encoding');
    this.coding = value.toLowerCase();
  }
}

/** Bytes of the longest number that is taken: far from what a number can no longer tell apart. */
const MAX_DIGITS = 15;

/** The value of the line, where it is digits and nothing else. */
function numberIn(bytes: Buffer, { valueStart, valueEnd }: HeaderLine): number | undefined {
  if (valueEnd === valueStart || valueEnd - valueStart > MAX_DIGITS) return undefined;
  let value = 0;
  for (let at = valueStart; at < valueEnd; at += 1) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}

/** A head that is not passed on. */
export class HeadError extends Error {
  override readonly name = 'HeadError';
  /** 4xx or 5xx, for the client. */
  readonly status: number;
  /** `what` completes "it has …". */
  constructor(status: number, what: string) {
    super(what);
    this.status = status;
  }
}
