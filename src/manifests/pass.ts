import { REASON } from '../api/conditions.ts';
import type { Client } from '../client/client.ts';
import type { Clock } from '../clock/clock.ts';
import type { ApplyOutcome } from './applying.ts';
import { createApplying } from './applying.ts';
import type { FileViews, ValidFile } from './file-views.ts';
import { tell } from './findings.ts';
import type { FileOutcome } from './findings.ts';
import { planFiles } from './plan.ts';
import { createPruning } from './pruning.ts';
import type { PruneOutcome } from './pruning.ts';
import { DIRECTORY } from './report.ts';
import type { Reports } from './report.ts';
import { scanDirectory } from './scan.ts';
import type { AvailableScan } from './scan.ts';
import type { LedgerState } from './state.ts';

export interface PassOptions {
  directory: string;
  client: Client;
  state: LedgerState;
  views: FileViews;
  reports: Reports;
  clock: Clock;
  grace: number;
  refusedFor: number;
}

export interface PassResult {
  /** Milliseconds until there is something to do again; left out when all is as it should be. */
  again?: number;
  /** What the directory was found to be; another one is watched anew. Left out when it cannot be read. */
  inode?: string;
}

/** How soon to look again while an object of that name is still being deleted. Milliseconds. */
const WAITING = 300;

/** One look at the directory and everything that follows from it: reads, decides, applies, prunes, tells. */
export function createPass(options: PassOptions): () => Promise<PassResult> {
  const applyFile = createApplying(options);
  const pruning = createPruning(options);
  return async () => {
    const scan = await scanDirectory(options.directory);
    if (!scan.available) {
      pruning.restart();
      return reportMissing(options, scan.message);
    }

    const { views, again: pendingFor } = await options.views.look(scan.files);
    const isUnreadable = unreadableBy(scan);
    const plan = planFiles(options.state.ledger, views, isUnreadable);
    const outcomes = await applyEach(plan.accepted, applyFile);
    const pruned = await pruning.run({
      left: plan.left,
      current: new Set(outcomes.filter(({ outcome }) => outcome.state === 'current').map(({ file }) => file.path)),
      present: scan.files.map(({ path }) => path),
      directories: scan.directories,
      otherDevice: isOtherDevice(options.state, scan),
      isUnreadable,
    });
    await rememberDevice(options.state, scan);
    tell(options.reports, { directory: options.directory, scan, views, plan, outcomes, pruned });
    throwFailures(outcomes, pruned);

    const waiting = outcomes.some(({ outcome }) => outcome.state === 'waiting') ? WAITING : undefined;
    const waits = [pendingFor, pruned.again, waiting].filter((wait) => wait !== undefined);
    return { inode: `${scan.device}:${scan.inode}`, ...(waits.length > 0 && { again: Math.min(...waits) }) };
  };
}

function reportMissing({ directory, reports }: PassOptions, message: string): PassResult {
  const text = `the manifest directory ${directory} cannot be read, so nothing that it declared changes: ${message}`;
  reports.trouble(DIRECTORY, REASON.manifestsMissing, [text]);
  return {};
}

function unreadableBy(scan: AvailableScan): (path: string) => boolean {
  return (path) => scan.unreadable.some((place) => path === place.path || path.startsWith(`${place.path}/`));
}

async function applyEach(
  files: ValidFile[],
  applyFile: (file: ValidFile) => Promise<ApplyOutcome>,
): Promise<FileOutcome[]> {
  const outcomes: FileOutcome[] = [];
  for (const file of files) {
    const outcome = await applyFile(file).catch((error: unknown) => ({ state: 'failed', error }) as const);
    outcomes.push({ file, outcome });
  }
  return outcomes;
}

/** What failed for reasons of its own is tried again, after everything else was done. */
function throwFailures(outcomes: FileOutcome[], pruned: PruneOutcome): void {
  const failures = [
    ...outcomes.flatMap(({ outcome }) => (outcome.state === 'failed' ? [outcome.error] : [])),
    ...pruned.failures,
  ];
  if (failures.length > 0) throw failures[0];
}

/** An unmounted disk leaves its empty mount point behind, which lies on another file system. */
function isOtherDevice({ ledger }: LedgerState, scan: AvailableScan): boolean {
  return ledger.device !== undefined && ledger.device !== scan.device;
}

async function rememberDevice(state: LedgerState, scan: AvailableScan): Promise<void> {
  if (scan.files.length === 0) return;
  state.ledger.device = scan.device;
  await state.save();
}
