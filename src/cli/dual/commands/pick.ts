import type { Workspace } from '../../../api/types.ts';
import { withClient } from '../../shared/connect.ts';
import { note, print, type Context } from '../../shared/context.ts';
import { SilentExit } from '../../shared/errors.ts';
import { formatTable } from '../../shared/table.ts';
import type { ExitStatus } from '../exit-status.ts';
import { fuzzyFilter } from '../fuzzy.ts';
import { listWorkspaces } from '../workspace/find.ts';
import { DEFAULT_TIMEOUT } from '../workspace/state.ts';
import { attach } from './attach.ts';
import { portsOf } from './urls.ts';

const HEADERS = ['NAME', 'PROJECT', 'BRANCH', 'PHASE', 'PORTS'];

/** Lets the user choose a Workspace and goes into its session; prints the list where there is no terminal to choose at. */
export async function pick(context: Context): Promise<ExitStatus> {
  const workspaces = await withClient(context, listWorkspaces);
  if (workspaces.length === 0) {
    note(context, `there are no workspaces yet; put a manifest of one into ${context.paths.manifests}`);
    return 0;
  }
  if (!context.stdin.isTTY || !context.stdout.isTTY) {
    print(context, formatTable(HEADERS, workspaces.map(cells)));
    return 0;
  }
  return attach(context, await choose(workspaces), { timeout: DEFAULT_TIMEOUT });
}

async function choose(workspaces: readonly Workspace[]): Promise<string> {
  const { search } = await import('@inquirer/prompts');
  const choices = rows(workspaces);
  try {
    return await search({
      message: 'Workspace',
      source: (term) => fuzzyFilter(term ?? '', choices, ({ name }) => name),
      pageSize: 15,
    });
  } catch (error) {
    // How the prompt reports ^C.
    if (error instanceof Error && error.name === 'ExitPromptError') throw new SilentExit(130);
    throw error;
  }
}

/** Lines under each other, with the Workspace's name as their value. */
function rows(workspaces: readonly Workspace[]): { name: string; value: string; short: string }[] {
  const lines = formatTable([], workspaces.map(cells)).split('\n');
  return workspaces.map(({ metadata }, index) => ({
    name: lines[index] ?? metadata.name,
    value: metadata.name,
    short: metadata.name,
  }));
}

function cells(workspace: Workspace): string[] {
  const { metadata, spec, status } = workspace;
  const ports = portsOf(workspace)
    .map(({ port }) => port)
    .join(',');
  return [metadata.name, spec.project, spec.branch, status?.phase ?? 'Pending', ports];
}
