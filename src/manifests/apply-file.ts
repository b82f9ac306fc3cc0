import { ANNOTATION_MANIFEST } from '../api/labels.ts';
import type { KubeObject, ObjectMeta } from '../api/meta.ts';
import { apply } from '../client/apply.ts';
import type { Client } from '../client/client.ts';
import { ApiError } from '../errors/api-error.ts';
import { keyOf } from './ledger.ts';
import type { ManifestDocument, ManifestError } from './load.ts';

/** What the server says of a file before anything is changed. */
export type Check =
  | {
      outcome: 'acceptable';
      /** Of the objects that are there already, by `Kind/name`. */
      uids: ReadonlyMap<string, string>;
    }
  | { outcome: 'refused'; errors: ManifestError[] }
  /** An object of that name is still on its way out; the new one has to wait. */
  | { outcome: 'waiting'; message: string };

/** Asks the server about all of the documents by a dry run, so that a file is applied as a whole or not at all. */
export async function checkDocuments(client: Client, documents: ManifestDocument[], file: string): Promise<Check> {
  const errors: ManifestError[] = [];
  const uids = new Map<string, string>();
  for (const document of documents) {
    try {
      const { result, object } = await apply(client, declaredObject(document.object, file), { dryRun: true });
      if (object.metadata.deletionTimestamp !== undefined) {
        return { outcome: 'waiting', message: `${object.kind} "${object.metadata.name}" is still being deleted` };
      }
      const key = keyOf({ kind: object.kind, name: object.metadata.name });
      if (result !== 'created' && object.metadata.uid !== undefined) uids.set(key, object.metadata.uid);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      errors.push(...placed(error, document));
    }
  }
  return errors.length > 0 ? { outcome: 'refused', errors } : { outcome: 'acceptable', uids };
}

export async function applyDocument(
  client: Client,
  document: ManifestDocument,
  file: string,
): Promise<{ uid: string; result: string }> {
  const { result, object } = await apply(client, declaredObject(document.object, file));
  return { uid: object.metadata.uid ?? '', result };
}

/** What only the server says of an object. */
const SERVERS_OWN = [
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
  'selfLink',
] as const;

/** The declaration without what only the server may say, so that the output of `dualctl get -o yaml` can be a manifest. */
function declaredObject(object: KubeObject, file: string): KubeObject {
  const { status: _status, ...declared } = object;
  const own = new Set<string>(SERVERS_OWN);
  const metadata = Object.fromEntries(Object.entries(object.metadata).filter(([field]) => !own.has(field)));
  const annotations = { ...object.metadata.annotations, [ANNOTATION_MANIFEST]: file };
  return { ...declared, metadata: { ...(metadata as unknown as ObjectMeta), annotations } };
}

/** Whether the declaration is to blame; the rest may pass. */
function isRefusal(error: unknown): error is ApiError {
  return error instanceof ApiError && error.code < 500 && error.code !== 404 && error.code !== 409;
}

function placed(error: ApiError, { object, file, line, lineOf }: ManifestDocument): ManifestError[] {
  const what = `${object.kind} "${object.metadata.name}"`;
  if (error.causes.length === 0) return [{ file, line, message: `${what}: ${error.message}` }];
  return error.causes.map(({ field, message }) => ({
    file,
    line: field === undefined ? line : lineOf(field),
    ...(field !== undefined && { field }),
    message: `${message} (${what})`,
  }));
}
