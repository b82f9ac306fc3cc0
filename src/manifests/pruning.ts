import { REASON } from '../api/conditions.ts';
import { PROJECTS, WORKSPACES } from '../api/scheme.ts';
import type { Client } from '../client/client.ts';
import type { Clock } from '../clock/clock.ts';
import { isApiError } from '../errors/api-error.ts';
import { heldBack } from './hold-back.ts';
import { keyOf } from './ledger.ts';
import type { LedgerFile, LedgerObject } from './ledger.ts';
import type { LeftObject } from './plan.ts';
import { prune, workspacesFirst } from './prune.ts';
import type { Reports } from './report.ts';
import type { LedgerState } from './state.ts';

export interface PruneInput {
  left: readonly LeftObject[];
  /** Files whose content the server has. Only what these no longer declare may go, and what gone files declared. */
  current: ReadonlySet<string>;
  /** Manifest files that are there. */
  present: readonly string[];
  directories: readonly string[];
  otherDevice: boolean;
  isUnreadable: (path: string) => boolean;
}

export interface PruneOutcome {
  /** Milliseconds until the next object is due. */
  again?: number;
  /** Objects that are held back. */
  held: LedgerObject[];
  /** Why some could not be removed. */
  failures: unknown[];
}

export interface Pruning {
  run(input: PruneInput): Promise<PruneOutcome>;
  /** Counts the time of grace anew, since the directory was out of sight. */
  restart(): void;
}

interface Options {
  client: Client;
  state: LedgerState;
  reports: Reports;
  clock: Clock;
  /** What is no longer declared stays for so many milliseconds, in case it comes back. */
  grace: number;
}

/** Removes what is no longer declared, after a while in which it does not come back, and unless it looks like an accident. */
export function createPruning(options: Options): Pruning {
  const vanished = new Map<string, number>();
  const undeclared = new Map<string, number>();

  const run = async (input: PruneInput): Promise<PruneOutcome> => {
    const { state, clock, grace } = options;
    const now = clock.now();
    const goneFiles = state.ledger.files.filter(
      ({ path }) => !input.present.includes(path) && !input.isUnreadable(path),
    );
    follow(vanished, goneFiles.map(pathOf), now);
    follow(undeclared, input.left.map(placeOf), now);
    for (const path of input.present) delete state.fileOf(path)?.held;

    const removable = input.left.filter(({ file, gone }) =>
      gone ? vanished.has(file.path) : input.current.has(file.path),
    );
    const dueIn = (left: LeftObject): number => grace - (now - (undeclared.get(placeOf(left)) ?? now));
    if (removable.some((left) => dueIn(left) <= 0)) hold(options, input, vanished);
    const free = removable.filter(({ file }) => !file.held);
    const due = free.filter((left) => dueIn(left) <= 0);
    const failures = await pruneAll(due, options);
    await forgetRemovedByHand(options);
    forgetFiles(state, goneFiles);
    await state.save();

    const waits = free.map(dueIn).filter((wait) => wait > 0);
    const held = state.ledger.files.filter((file) => file.held).flatMap((file) => file.objects);
    return { held, failures, ...(waits.length > 0 && { again: Math.min(...waits) }) };
  };

  return {
    run,
    restart() {
      vanished.clear();
      undeclared.clear();
    },
  };
}

function pathOf({ path }: LedgerFile): string {
  return path;
}

function placeOf({ file, object }: LeftObject): string {
  return `${file.path}\n${keyOf(object)}`;
}

/** Notes since when something is so, and forgets what no longer is. */
function follow(since: Map<string, number>, names: string[], now: number): void {
  const wanted = new Set(names);
  for (const name of since.keys()) if (!wanted.has(name)) since.delete(name);
  for (const name of names) if (!since.has(name)) since.set(name, now);
}

function hold({ state }: Options, input: PruneInput, vanished: ReadonlyMap<string, number>): void {
  const { present, directories, otherDevice } = input;
  const ledgerFiles = state.ledger.files.filter((file) => file.objects.length > 0);
  const gone = ledgerFiles.flatMap((file) => {
    const since = vanished.get(file.path);
    return since === undefined ? [] : [{ file, since }];
  });
  for (const file of heldBack({ ledgerFiles, vanished: gone, present, directories, otherDevice })) file.held = true;
}

async function pruneAll(due: LeftObject[], { client, state, reports }: Options): Promise<unknown[]> {
  const failures: unknown[] = [];
  for (const { file, object, gone } of [...due].sort((a, b) => workspacesFirst(a.object, b.object))) {
    try {
      const removed = await prune(client, object, file.path);
      state.drop(file, object);
      const why = gone ? `${file.path} is gone` : `${file.path} no longer declares it`;
      if (removed) reports.done(file.path, REASON.manifestPruned, `${keyOf(object)} is being deleted: ${why}`);
    } catch (error) {
      failures.push(error);
    }
  }
  return failures;
}

/** The user's own `dualctl delete` settles what is held back. */
async function forgetRemovedByHand({ client, state }: Options): Promise<void> {
  for (const file of state.ledger.files.filter(({ held }) => held)) {
    for (const object of file.objects) if (await isGone(client, object)) state.drop(file, object);
  }
}

async function isGone(client: Client, { kind, name, uid }: LedgerObject): Promise<boolean> {
  try {
    const { metadata } = await client.get(kind === WORKSPACES.kind ? WORKSPACES : PROJECTS, name);
    return metadata.deletionTimestamp !== undefined || (uid !== undefined && metadata.uid !== uid);
  } catch (error) {
    if (isApiError(error, 'NotFound')) return true;
    throw error;
  }
}

function forgetFiles(state: LedgerState, gone: LedgerFile[]): void {
  const done = new Set(gone.filter(({ objects }) => objects.length === 0));
  state.ledger.files = state.ledger.files.filter((file) => !done.has(file));
}
