const END = Buffer.from('\r\n\r\n');

/** Room for the cookies that gather on development hosts. */
export const MAX_HEAD_BYTES = 65_536;

/**
 * Gathers a head that comes in pieces; in the usual case, in which it comes in one, nothing is copied. Time is linear in what comes, in
 * pieces of whatever size.
 */
export class HeadCollector {
  /** What has come of a head that is not complete. */
  #memory: Buffer | undefined;
  #used = 0;

  /** Whether part of a head is there. */
  get isPartial(): boolean {
    return this.#used > 0;
  }

  /**
   * @returns the bytes with the first complete head: where it ends, and where all bytes end. `partial`: not complete yet; `too-large`: it
   * will not be
   */
  take(bytes: Buffer, start: number, end: number): CollectedHead | 'partial' | 'too-large' {
    if (this.#used === 0) {
      const found = bytes.indexOf(END, start);
      if (found >= 0 && found + 4 <= end) {
        if (found + 4 - start > MAX_HEAD_BYTES) return 'too-large';
        return { bytes, start, headEnd: found + 4, end };
      }
    }
    this.#append(bytes, start, end);
    const from = Math.max(0, this.#used - (end - start) - 3);
    const found = this.#memory!.subarray(0, this.#used).indexOf(END, from);
    if (found < 0) return this.#used > MAX_HEAD_BYTES ? 'too-large' : 'partial';
    if (found + 4 > MAX_HEAD_BYTES) return 'too-large';
    const collected = { bytes: this.#memory!, start: 0, headEnd: found + 4, end: this.#used };
    this.#memory = undefined;
    this.#used = 0;
    return collected;
  }

  #append(bytes: Buffer, start: number, end: number): void {
    const needed = this.#used + end - start;
    if (!this.#memory || this.#memory.length < needed) {
      const larger = Buffer.allocUnsafe(Math.max(1_024, needed * 2));
      this.#memory?.copy(larger, 0, 0, this.#used);
      this.#memory = larger;
    }
    bytes.copy(this.#memory, this.#used, start, end);
    this.#used = needed;
  }
}

export interface CollectedHead {
  bytes: Buffer;
  start: number;
  headEnd: number;
  end: number;
}
