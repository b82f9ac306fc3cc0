import { REASON } from '../api/conditions.ts';
import { PROJECTS, WORKSPACES } from '../api/scheme.ts';
import type { Client } from '../client/client.ts';
import type { Clock } from '../clock/clock.ts';
import { isApiError } from '../errors/api-error.ts';
import { applyDocument, checkDocuments } from './apply-file.ts';
import type { ValidFile } from './file-views.ts';
import { keyOf } from './ledger.ts';
import type { LedgerFile } from './ledger.ts';
import { formatManifestError } from './load.ts';
import type { ManifestDocument } from './load.ts';
import { workspacesFirst } from './prune.ts';
import type { Reports } from './report.ts';
import type { LedgerState } from './state.ts';

/** `current`: the server has what the file declares. `waiting`: worth another try soon. `failed`: not the file's fault. */
export type ApplyOutcome =
  | { state: 'current' }
  | { state: 'waiting' }
  | { state: 'failed'; error: unknown }
  | {
      state: 'refused';
      /** Formatted. */
      errors: string[];
    };

interface Options {
  client: Client;
  state: LedgerState;
  reports: Reports;
  clock: Clock;
  /** A file that the server refused is offered to it again after so many milliseconds. */
  refusedFor: number;
}

/**
 * Applies a file when it has changed since it was applied last. At the first look and when it was written again with the same
 * content, what is missing of it is made again, and nothing else is touched.
 */
export function createApplying(options: Options): (file: ValidFile) => Promise<ApplyOutcome> {
  const refusals = new Map<string, { hash: string; at: number; errors: string[] }>();
  const seen = new Map<string, string>();

  return async (file) => {
    const refusal = refusals.get(file.path);
    if (refusal?.hash === file.hash && options.clock.now() - refusal.at < options.refusedFor) {
      return { state: 'refused', errors: refusal.errors };
    }
    const documents = await documentsToApply(file, seen.get(file.path) === file.signature, options);
    const outcome = documents.length === 0 ? ({ state: 'current' } as const) : await applyAll(file, documents, options);
    if (outcome.state === 'current') seen.set(file.path, file.signature);
    if (outcome.state !== 'refused') refusals.delete(file.path);
    else refusals.set(file.path, { hash: file.hash, at: options.clock.now(), errors: outcome.errors });
    return outcome;
  };
}

async function documentsToApply(file: ValidFile, seen: boolean, options: Options): Promise<ManifestDocument[]> {
  const entry = options.state.fileOf(file.path);
  const known = new Set(entry?.objects.map(keyOf));
  const complete = file.documents.every((document) => known.has(keyOfDocument(document)));
  if (entry?.hash !== file.hash || !complete) return file.documents;
  if (seen) return [];
  const missing: ManifestDocument[] = [];
  for (const document of file.documents) if (await isMissing(options.client, document)) missing.push(document);
  return missing;
}

async function isMissing(client: Client, { object }: ManifestDocument): Promise<boolean> {
  try {
    const current = await client.get(object.kind === WORKSPACES.kind ? WORKSPACES : PROJECTS, object.metadata.name);
    return current.metadata.deletionTimestamp !== undefined;
  } catch (error) {
    if (isApiError(error, 'NotFound')) return true;
    throw error;
  }
}

async function applyAll(file: ValidFile, documents: ManifestDocument[], options: Options): Promise<ApplyOutcome> {
  const { client, state, reports } = options;
  const ordered = [...documents].sort((a, b) => -workspacesFirst(identity(a), identity(b)));
  const check = await checkDocuments(client, ordered, file.path);
  if (check.outcome === 'waiting') return { state: 'waiting' };
  if (check.outcome === 'refused') return { state: 'refused', errors: check.errors.map(formatManifestError) };

  const entry = writeIntent(file, ordered, { state, uids: check.uids });
  await state.save();
  const changes: string[] = [];
  for (const document of ordered) {
    const { uid, result } = await applyDocument(client, document, file.path);
    const object = entry.objects.find((candidate) => keyOf(candidate) === keyOfDocument(document));
    if (object) object.uid = uid;
    if (result !== 'unchanged') changes.push(`${keyOfDocument(document)} ${result}`);
  }
  entry.hash = file.hash;
  await state.save();
  if (changes.length > 0) reports.done(file.path, REASON.manifestApplied, `${file.path}: ${changes.join(', ')}`);
  return { state: 'current' };
}

/**
 * Notes what the file is about to own, before the server hears of it, so that nothing can come about that the ledger does not know.
 * A uid is kept when it still is the object's; the others come with the server's answers.
 */
function writeIntent(
  file: ValidFile,
  documents: ManifestDocument[],
  { state, uids }: { state: LedgerState; uids: ReadonlyMap<string, string> },
): LedgerFile {
  const entry = state.ensureFile(file.path);
  delete entry.hash;
  for (const document of documents) {
    const key = keyOfDocument(document);
    const uid = state.objectOf(key)?.uid;
    const object = { ...identity(document), ...(uid !== undefined && uid === uids.get(key) && { uid }) };
    for (const other of state.ledger.files) state.drop(other, object);
    entry.objects.push(object);
  }
  return entry;
}

function identity({ object }: ManifestDocument): { kind: string; name: string } {
  return { kind: object.kind, name: object.metadata.name };
}

function keyOfDocument(document: ManifestDocument): string {
  return keyOf(identity(document));
}
