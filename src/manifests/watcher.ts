import { mkdir } from 'node:fs/promises';
import type { FSWatcher } from 'chokidar';
import type { Client } from '../client/client.ts';
import type { EventRecorder } from '../client/recorder.ts';
import type { Clock } from '../clock/clock.ts';
import type { Log } from '../log/log.ts';
import { watchDirectory } from './directory-watch.ts';
import { createFileViews } from './file-views.ts';
import { createPass } from './pass.ts';
import type { PassResult } from './pass.ts';
import { createPump } from './pump.ts';
import { createReports } from './report.ts';
import { openLedger } from './state.ts';

export interface ManifestWatcherOptions {
  /** The watched directory. Absolute. */
  directory: string;
  /** Where it is recorded which objects came from which file. Absolute. */
  ledgerFile: string;
  client: Client;
  recorder: EventRecorder;
  log: Log;
  clock: Clock;
  /** What `~` in manifests stands for. */
  home: string;
  timing?: Partial<ManifestTiming>;
}

/** All in milliseconds. */
export interface ManifestTiming {
  /** A file is whole when it has not changed for so long, */
  whole: number;
  /** and one that looks half-written, when it has not changed for so long. */
  doubtful: number;
  /** What is no longer declared is removed when it has not come back for so long. */
  grace: number;
  /** The directory is looked through so often even when nothing is heard of it. */
  rescan: number;
}

export interface ManifestWatcher {
  /** Resolves when everything that is in the directory now has been acted on. */
  settled(): Promise<void>;
  /** Ends it, after what is in progress. */
  close(): Promise<void>;
}

const TIMING: ManifestTiming = { whole: 80, doubtful: 600, grace: 1500, rescan: 5000 };
const DEBOUNCE = 20;
const REFUSED_FOR = 30_000;
const RETRY = { base: 500, max: 10_000 };

/**
 * Keeps the server's objects as the manifests in a directory declare them. docs/manifests.md has the rules.
 *
 * @throws Error when the ledger cannot be read
 */
export async function startManifestWatcher(options: ManifestWatcherOptions): Promise<ManifestWatcher> {
  const { directory, clock, home, client, log } = options;
  const timing = { ...TIMING, ...options.timing };
  const state = await openLedger(options.ledgerFile, log);
  // Where manifests have been, a missing directory is an unmounted disk rather than a first start.
  if (state.ledger.files.length === 0) await ensureDirectory(directory, log);

  const pass = createPass({
    directory,
    client,
    state,
    views: createFileViews({ directory, home, clock, quiet: timing }),
    reports: createReports(directory, options.recorder, log),
    clock,
    grace: timing.grace,
    refusedFor: REFUSED_FOR,
  });
  const eyes = createEyes(directory, log, () => pump.poke());
  const run = withRetries(async () => {
    const result = await pass();
    await eyes.follow(result.inode);
    return result;
  }, log);
  const pump = createPump({ run, debounce: DEBOUNCE, interval: timing.rescan, clock });
  pump.poke();
  return {
    settled: () => pump.settled(),
    async close() {
      await pump.close();
      await eyes.close();
    },
  };
}

async function ensureDirectory(directory: string, log: Log): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    log.warn({ directory, err: error }, 'the manifest directory cannot be made');
  }
}

/** Looks at the directory that is there now: one that was moved away or made anew is another one. */
function createEyes(
  directory: string,
  log: Log,
  onChange: () => void,
): { follow(inode: string | undefined): Promise<void>; close(): Promise<void> } {
  let watching: { inode: string; watcher: Pick<FSWatcher, 'close'> } | undefined;
  const close = async (): Promise<void> => {
    await watching?.watcher.close();
    watching = undefined;
  };
  const onError = (error: unknown): void =>
    log.warn({ directory, err: error }, 'changes of manifests may be noticed late: the directory cannot be watched');
  return {
    async follow(inode) {
      if (watching?.inode === inode) return;
      await close();
      if (inode !== undefined) watching = { inode, watcher: watchDirectory(directory, onChange, onError) };
    },
    close,
  };
}

/** A pass that failed (the disk is full, the server is away) is made again, more and more slowly. */
function withRetries(pass: () => Promise<PassResult>, log: Log): () => Promise<number | undefined> {
  let failures = 0;
  return async () => {
    try {
      const { again } = await pass();
      failures = 0;
      return again;
    } catch (error) {
      failures += 1;
      const delay = Math.min(RETRY.max, RETRY.base * 2 ** (failures - 1));
      log.warn({ err: error, delay }, 'manifests could not be brought in; trying again');
      return delay;
    }
  };
}
