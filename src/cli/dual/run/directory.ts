import path from 'node:path';
import type { Workspace } from '../../../api/types.ts';
import { CliError } from '../../shared/errors.ts';
import { pathInClone } from '../workspace/at-directory.ts';

/**
 * Where a command starts: the caller's directory when that is in the clone, else the clone; `--cwd` is relative to that. The clone
 * has the same path inside, but links that lead to it on the host need not be there.
 */
export async function commandDirectory(
  workspace: Workspace,
  caller: { cwd: string; option?: string | undefined },
): Promise<string> {
  const clone = workspace.status?.clone?.path;
  if (!clone) throw new CliError(`workspace "${workspace.metadata.name}" has no clone yet`);
  const inClone = (await pathInClone(caller.cwd, workspace)) ?? '';
  return path.resolve(clone, inClone, caller.option ?? '');
}
