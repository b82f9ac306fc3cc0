import type { Clock } from '../../../clock/clock.ts';
import type { Log } from '../../../log/log.ts';
import { sandboxUids } from './containers.ts';
import { sandboxFiles } from './files.ts';
import { livenessOf } from './liveness.ts';
import type { Liveness } from './liveness.ts';
import { limitLog } from './log-file.ts';
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
  const observe = createObserver(options);

  async function begin(): Promise<void> {
    seen = await observe();
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
    seen = await observe();
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

/** What cannot be looked at counts as not there, and is told once. Never rejects. */
function createObserver({ dir, install, log }: WatchOptions): () => Promise<Observation> {
  const told = new Set<string>();
  async function attempt<T>(what: string, otherwise: T, work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      told.delete(what);
      return result;
    } catch (error) {
      if (!told.has(what)) log.warn({ err: error }, `cannot look at ${what}`);
      told.add(what);
      return otherwise;
    }
  }
  async function one(uid: string): Promise<[string, Seen][]> {
    const entries = await attempt(`the sandbox ${uid}`, [], () => observeOne(dir, install, uid));
    if (entries.length > 0) await attempt(`the log of ${uid}`, undefined, () => limitLog(sandboxFiles(dir, uid)));
    return entries;
  }
  return async () => {
    const uids = await attempt('the sandboxes', [], () => sandboxUids(dir));
    return new Map((await Promise.all(uids.map(one))).flat());
  };
}

async function observeOne(dir: string, install: string, uid: string): Promise<[string, Seen][]> {
  const files = sandboxFiles(dir, uid);
  const record = await readRecord(files);
  if (record?.install !== install) return [];
  const { state, keeper } = await livenessOf(files);
  return [[uid, { life: `${record.id} ${keeper?.pid} ${keeper?.start}`, state }]];
}
