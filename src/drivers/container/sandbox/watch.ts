import type { Clock } from '../../../clock/clock.ts';
import type { Log } from '../../../log/log.ts';
import { sandboxUids } from './containers.ts';
import { sandboxFiles } from './files.ts';
import { livenessOf } from './liveness.ts';
import type { Liveness } from './liveness.ts';
import { readRecord } from './record.ts';

/** Milliseconds between two looks. */
const INTERVAL = 500;

export interface SandboxWatch {
  /** As ContainerDriver.watch. */
  watch(onChange: (uid: string | undefined) => void, signal: AbortSignal): void;
  /** Something has just changed: looks now. */
  nudge(): void;
}

interface Seen {
  /** Which life of which sandbox. */
  life: string;
  state: Liveness['state'];
}

interface WatchOptions {
  dir: string;
  install: string;
  clock: Clock;
  log: Log;
  /** Told of each that has ended, however it did. */
  onDeath(uid: string): void;
}

/** Looks at the files of the sandboxes of one install, as long as somebody watches. */
export function createWatch(options: WatchOptions): SandboxWatch {
  const listeners = new Set<(uid: string | undefined) => void>();
  /** Those that have asked, told or not. */
  let watchers = 0;
  let seen: Observation = new Map();
  let begun: Promise<void> | undefined;
  let looking: Promise<void> | undefined;
  let again = false;

  async function begin(): Promise<void> {
    seen = await observe(options);
    tick();
  }
  function tick(): void {
    if (watchers === 0) {
      begun = undefined;
      return;
    }
    start();
    options.clock.after(INTERVAL, tick);
  }
  function start(): void {
    again = looking !== undefined;
    looking ??= look().finally(() => {
      looking = undefined;
      if (again) start();
    });
  }
  async function look(): Promise<void> {
    const before = seen;
    seen = await observe(options);
    for (const uid of changes(before, seen)) {
      if (seen.get(uid)?.state === 'ended') options.onDeath(uid);
      for (const listener of listeners) listener(uid);
    }
  }

  return {
    watch(onChange, signal) {
      if (signal.aborted) return;
      watchers += 1;
      const leave = (): void => {
        watchers -= 1;
        listeners.delete(onChange);
      };
      signal.addEventListener('abort', leave, { once: true });
      // What is told from now on begins where the first look ended: nothing may fall in between.
      begun ??= begin();
      void begun.then(() => {
        if (signal.aborted) return;
        listeners.add(onChange);
        onChange(undefined);
      });
    },
    nudge() {
      if (watchers > 0) start();
    },
  };
}

type Observation = Map<string, Seen>;

function changes(before: Observation, now: Observation): string[] {
  const uids = [...new Set([...before.keys(), ...now.keys()])];
  return uids.filter((uid) => isChanged(before.get(uid), now.get(uid)));
}

function isChanged(before: Seen | undefined, now: Seen | undefined): boolean {
  return before?.life !== now?.life || before?.state !== now?.state;
}

/** What cannot be read just now counts as not there. Never rejects. */
async function observe({ dir, install, log }: WatchOptions): Promise<Observation> {
  try {
    const uids = await sandboxUids(dir);
    const entries = await Promise.all(uids.map((uid) => observeOne(dir, install, uid)));
    return new Map(entries.flat());
  } catch (error) {
    log.warn({ err: error }, 'cannot look at the sandboxes');
    return new Map();
  }
}

async function observeOne(dir: string, install: string, uid: string): Promise<[string, Seen][]> {
  const files = sandboxFiles(dir, uid);
  const record = await readRecord(files);
  if (record?.install !== install) return [];
  const { state, keeper } = await livenessOf(files);
  return [[uid, { life: `${record.id} ${keeper?.pid} ${keeper?.start}`, state }]];
}
