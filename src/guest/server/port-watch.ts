import { MAX_PORTS } from '../protocol.ts';
import type { ListeningPort } from '../protocol.ts';
import { createPortOwners } from './port-owners.ts';
import type { Owner } from './port-owners.ts';
import { procFile } from './proc-files.ts';
import { isPastListening, newestProcess, parseProcNet, tcpInUse } from './proc-net.ts';
import type { ListeningSocket } from './proc-net.ts';

/** Milliseconds between two looks at how many sockets there are and whether a process has started, which takes microseconds. */
const TICK = 200;
/**
 * Milliseconds between two full looks when neither has changed: within one process a socket may have come as another went. A full look takes
 * the kernel a walk over its table of all connections, a millisecond or more on big machines.
 */
const FULL = 2000;
/** The same for some time after a change: a server that moves to another port is likely to have been at work a moment ago. */
const FULL_WHILE_BUSY = 350;
const BUSY = 60_000;

export interface PortWatch {
  /** Calls back at once, and whenever the list has changed, until the result is called. Costs nothing while nobody listens. */
  subscribe(listener: (ports: ListeningPort[]) => void): () => void;
}

/** Follows what listens in this network namespace. */
export function createPortWatch(): PortWatch {
  const listeners = new Set<(ports: ListeningPort[]) => void>();
  const families = [openFamily(''), openFamily('6')];
  const newest = procFile('/proc/loadavg', isWhole);
  const ownersOf = createPortOwners();
  let timer: NodeJS.Timeout | undefined;
  let last: ListeningPort[] = [];
  let seen = { signs: '', at: 0 };
  let changedAt = -Infinity;

  function look(): void {
    const now = performance.now();
    const inUse = families.map((family) => tcpInUse(family.counts()));
    const current = [...inUse, newestProcess(newest())].join();
    if (current !== seen.signs) changedAt = now;
    if (current === seen.signs && now - seen.at < (now - changedAt < BUSY ? FULL_WHILE_BUSY : FULL)) return;
    seen = { signs: current, at: now };
    const sockets = families.flatMap((family, index) => (inUse[index] === 0 ? [] : parseProcNet(family.table())));
    const ports = toPorts(sockets, ownersOf(sockets));
    if (JSON.stringify(ports) === JSON.stringify(last)) return;
    last = ports;
    changedAt = now;
    for (const listener of listeners) listener(ports);
  }

  return {
    subscribe(listener) {
      seen = { signs: '', at: 0 };
      look();
      listeners.add(listener);
      listener(last);
      timer ??= setInterval(look, TICK);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
}

function openFamily(suffix: string): { counts: () => string; table: () => string } {
  return {
    counts: procFile(`/proc/net/sockstat${suffix}`, isWhole),
    table: procFile(`/proc/net/tcp${suffix}`, isPastListening),
  };
}

/** Short files come in one piece. */
function isWhole(): boolean {
  return true;
}

/** One entry per port, however many families and processes share it; reachable if one of them is. Ascending. */
export function toPorts(sockets: ListeningSocket[], owners: Map<string, Owner>): ListeningPort[] {
  const ports = new Map<number, ListeningPort>();
  for (const { port, reachable, inode } of sockets) {
    const before = ports.get(port);
    const owner = owners.get(inode);
    const takes =
      !before || (reachable && !before.reachable) || (before.process === '' && before.reachable === reachable);
    if (takes) ports.set(port, { port, reachable, process: '', ...owner });
  }
  return [...ports.values()].sort((a, b) => a.port - b.port).slice(0, MAX_PORTS);
}
