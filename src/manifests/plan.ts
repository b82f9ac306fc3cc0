import type { FileView, ValidFile } from './file-views.ts';
import { keyOf } from './ledger.ts';
import type { Ledger, LedgerFile, LedgerObject } from './ledger.ts';

/** An object that two files declare: it stays with the one that had it first. */
export interface Conflict {
  file: ValidFile;
  /** `Workspace/lightfast-main` */
  key: string;
  owner: string;
}

/** An object of the ledger that no file declares any more. */
export interface LeftObject {
  file: LedgerFile;
  object: LedgerObject;
  /** Whether its whole file has gone. */
  gone: boolean;
}

export interface Plan {
  accepted: ValidFile[];
  conflicts: Conflict[];
  left: LeftObject[];
}

/**
 * Decides which file each object belongs to. What a file that is unreadable, invalid or being written declared before stays
 * with it. Pure.
 */
export function planFiles(ledger: Ledger, views: readonly FileView[], isUnreadable: (path: string) => boolean): Plan {
  const viewOf = new Map(views.map((view) => [view.path, view]));
  const owners = new Map<string, string>();
  const own = (key: string, file: string): void => {
    if (!owners.has(key)) owners.set(key, file);
  };

  for (const file of ledger.files) {
    for (const key of keptKeys(file, viewOf.get(file.path), isUnreadable)) own(key, file.path);
  }
  const plan: Plan = { accepted: [], conflicts: [], left: [] };
  for (const view of inOrder(ledger, views)) {
    const keys = view.documents.map(({ object }) => keyOf({ kind: object.kind, name: object.metadata.name }));
    const conflicts = keys.flatMap((key) => {
      const owner = owners.get(key) ?? view.path;
      return owner === view.path ? [] : [{ file: view, key, owner }];
    });
    plan.conflicts.push(...conflicts);
    if (conflicts.length === 0) plan.accepted.push(view);
    const kept = conflicts.length === 0 ? keys : keysOf(ledger.files.find(({ path }) => path === view.path));
    for (const key of kept) own(key, view.path);
  }
  plan.left = ledger.files.flatMap((file) =>
    file.objects
      .filter((object) => !owners.has(keyOf(object)))
      .map((object) => ({ file, object, gone: !viewOf.has(file.path) })),
  );
  return plan;
}

/** What a file keeps before anybody else may take it. */
function keptKeys(file: LedgerFile, view: FileView | undefined, isUnreadable: (path: string) => boolean): string[] {
  if (!view) return isUnreadable(file.path) ? keysOf(file) : [];
  if (view.state !== 'valid') return keysOf(file);
  const declared = new Set(
    view.documents.map(({ object }) => keyOf({ kind: object.kind, name: object.metadata.name })),
  );
  return keysOf(file).filter((key) => declared.has(key));
}

function keysOf(file: LedgerFile | undefined): string[] {
  return (file?.objects ?? []).map(keyOf);
}

/** Files in the order in which they first came; new ones by path. */
function inOrder(ledger: Ledger, views: readonly FileView[]): ValidFile[] {
  const place = new Map(ledger.files.map((file, index) => [file.path, index]));
  const placeOf = ({ path }: ValidFile): number => place.get(path) ?? ledger.files.length;
  return views
    .filter((view): view is ValidFile => view.state === 'valid')
    .sort((a, b) => placeOf(a) - placeOf(b) || (a.path < b.path ? -1 : 1));
}
