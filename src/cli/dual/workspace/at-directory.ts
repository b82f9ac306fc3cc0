import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Workspace } from '../../../api/types.ts';

/** The Workspace in whose clone that directory is, links resolved on both sides; the innermost one of several. */
export async function workspaceAt(dir: string, workspaces: readonly Workspace[]): Promise<Workspace | undefined> {
  const inside = await Promise.all(
    workspaces.map(async (workspace) => ({ workspace, inside: await pathInClone(dir, workspace) })),
  );
  const [innermost] = inside
    .filter((entry): entry is { workspace: Workspace; inside: string } => entry.inside !== undefined)
    .sort((a, b) => a.inside.length - b.inside.length);
  return innermost?.workspace;
}

/** Where in the clone that directory is, as a relative path; undefined when it is not in it. `''` is the clone itself. */
export async function pathInClone(dir: string, workspace: Workspace): Promise<string | undefined> {
  const clone = workspace.status?.clone?.path;
  if (!clone) return undefined;
  const relative = path.relative(await resolved(clone), await resolved(dir));
  const outside = relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative);
  return outside ? undefined : relative;
}

/** What is gone cannot be resolved, and is taken as it was written. */
async function resolved(dir: string): Promise<string> {
  try {
    return await realpath(dir);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') return path.resolve(dir);
    throw error;
  }
}
