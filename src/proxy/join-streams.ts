import type { Duplex } from 'node:stream';

/** Passes bytes both ways until both sides have ended; either may end its direction first. A failed side takes the other along. */
export function joinStreams(one: Duplex, other: Duplex): void {
  one.pipe(other);
  other.pipe(one);
  endTogether(one, other);
  endTogether(other, one);
}

function endTogether(from: Duplex, to: Duplex): void {
  from.on('error', () => to.destroy());
  // What was already passed on is still delivered.
  from.on('close', () => {
    if (!to.destroyed) to.end(() => to.destroy());
  });
}
