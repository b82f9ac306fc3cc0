import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { listProcesses } from '../../src/exec/proc-stat.ts';
import { eventually } from './eventually.ts';
import type { Instance } from './instance.ts';

/** What a program is started with that is started in a pane of a Workspace on the host. */
export interface WorkspaceShell {
  env: Record<string, string>;
  cwd: string;
}

/** As a pane of that Workspace's session really has it: read from the process that the session has started for a pane. */
export function workspaceShell(instance: Pick<Instance, 'home' | 'workspace'>, name: string): Promise<WorkspaceShell> {
  return eventually(
    async () => {
      const cwd = realpathSync((await instance.workspace(name)).status!.clone!.path!);
      const found = listProcesses()
        .toSorted((one, other) => one.pid - other.pid)
        .map(({ pid }) => processAt(pid))
        .find((candidate) => candidate?.cwd === cwd && isPaneOf(candidate, instance, name));
      if (!found) throw new Error(`no pane of ${name} runs`);
      return found;
    },
    { timeout: 30_000, interval: 100 },
  );
}

function isPaneOf({ env }: WorkspaceShell, { home }: Pick<Instance, 'home'>, name: string): boolean {
  // tmux's panes start with a shell that has not yet got the environment that the pane is to have.
  return env['DUAL_HOME'] === home && env['DUAL_WORKSPACE'] === name && env['DUAL_PANE_PATH'] === undefined;
}

/** What that process was started with, and where it is; undefined when it has ended or is another user's. */
function processAt(pid: number): WorkspaceShell | undefined {
  try {
    const environ = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean);
    return { env: Object.fromEntries(environ.map(variable)), cwd: readlinkSync(`/proc/${pid}/cwd`) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES') return undefined;
    throw error;
  }
}

function variable(entry: string): [string, string] {
  const end = entry.indexOf('=');
  return [entry.slice(0, end), entry.slice(end + 1)];
}
