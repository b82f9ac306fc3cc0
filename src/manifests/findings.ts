import { REASON } from '../api/conditions.ts';
import type { Reason } from '../api/conditions.ts';
import type { ApplyOutcome } from './applying.ts';
import type { FileView, ValidFile } from './file-views.ts';
import { keyOf } from './ledger.ts';
import type { LedgerObject } from './ledger.ts';
import { formatManifestError } from './load.ts';
import type { Conflict, Plan } from './plan.ts';
import type { PruneOutcome } from './pruning.ts';
import { DIRECTORY } from './report.ts';
import type { Reports } from './report.ts';
import { isManifestName } from './scan.ts';
import type { AvailableScan, UnreadablePath } from './scan.ts';

export interface FileOutcome {
  file: ValidFile;
  outcome: ApplyOutcome;
}

/** Everything that one look at the directory brought to light. */
export interface Findings {
  directory: string;
  scan: AvailableScan;
  views: FileView[];
  plan: Plan;
  outcomes: FileOutcome[];
  pruned: PruneOutcome;
}

interface Trouble {
  subject: string;
  reason: Reason;
  messages: string[];
}

/** Reports what is wrong, and that what is no longer wrong is over; of files that are still undecided, nothing new. */
export function tell(reports: Reports, findings: Findings): void {
  const troubles = [
    ...findings.scan.unreadable.filter(isOurs).map(unreadable),
    ...findings.views.flatMap(invalid),
    ...findings.outcomes.flatMap(refused),
    ...conflicting(findings.plan.conflicts),
    ...heldBack(findings),
  ];
  for (const { subject, reason, messages } of troubles) reports.trouble(subject, reason, messages);
  reports.keepOnly(new Set([...troubles.map(({ subject }) => subject), ...undecided(findings)]));
}

/** A link to nowhere, or a directory that may not be read, can have any name; a file tells by its own. */
function isOurs({ path }: UnreadablePath): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return isManifestName(name) || !name.includes('.');
}

function unreadable({ path, message }: UnreadablePath): Trouble {
  return { subject: path, reason: REASON.manifestInvalid, messages: [message] };
}

function invalid(view: FileView): Trouble[] {
  if (view.state !== 'invalid') return [];
  return [{ subject: view.path, reason: REASON.manifestInvalid, messages: view.errors.map(formatManifestError) }];
}

function refused({ file, outcome }: FileOutcome): Trouble[] {
  if (outcome.state !== 'refused') return [];
  return [{ subject: file.path, reason: REASON.manifestInvalid, messages: outcome.errors }];
}

function conflicting(conflicts: Conflict[]): Trouble[] {
  const subjects = [...new Set(conflicts.map(({ file }) => file.path))];
  return subjects.map((subject) => ({
    subject,
    reason: REASON.manifestConflict,
    messages: conflicts.filter(({ file }) => file.path === subject).map(conflictMessage),
  }));
}

function conflictMessage({ file, key, owner }: Conflict): string {
  return `${key} is declared in ${owner} already, so nothing of ${file.path} is applied; remove it from one of the two`;
}

function heldBack({ directory, pruned }: Findings): Trouble[] {
  if (pruned.held.length === 0) return [];
  return [{ subject: DIRECTORY, reason: REASON.manifestsMissing, messages: [heldMessage(directory, pruned.held)] }];
}

function heldMessage(directory: string, held: LedgerObject[]): string {
  const names = held.map((object) => keyOf(object).toLowerCase()).join(' ');
  return (
    `all manifests in ${directory}, or in a directory of it, vanished at once, which is taken for an accident: ` +
    `nothing is removed. Bring them back, or confirm with: dualctl delete ${names}`
  );
}

function undecided({ views, outcomes }: Findings): string[] {
  return [
    ...views.filter(({ state }) => state === 'pending').map(({ path }) => path),
    ...outcomes
      .filter(({ outcome: { state } }) => state === 'waiting' || state === 'failed')
      .map(({ file }) => file.path),
  ];
}
