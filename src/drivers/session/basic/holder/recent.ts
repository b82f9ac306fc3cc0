/** The last bytes of a stream. */
export interface Recent {
  push(chunk: Buffer): void;
  bytes(): Buffer;
  /** Whether something came before them. */
  isCut(): boolean;
}

/** Takes no memory until something comes, and then that much. */
export function createRecent(size: number): Recent {
  let ring: Buffer | undefined;
  let total = 0;
  return {
    push(chunk) {
      ring ??= Buffer.alloc(size);
      const kept = chunk.subarray(Math.max(chunk.length - size, 0));
      const start = (total + chunk.length - kept.length) % size;
      const untilEnd = kept.copy(ring, start);
      kept.copy(ring, 0, untilEnd);
      total += chunk.length;
    },
    bytes() {
      if (!ring) return Buffer.alloc(0);
      if (total <= size) return Buffer.from(ring.subarray(0, total));
      const start = total % size;
      return Buffer.concat([ring.subarray(start), ring.subarray(0, start)]);
    },
    isCut: () => total > size,
  };
}
