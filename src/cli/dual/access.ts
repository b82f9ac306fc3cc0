import { createControlClient } from '../../proxy/control-client.ts';
import { note, print, type Context } from '../shared/context.ts';
import { CliError } from '../shared/errors.ts';
import { accessJson, accessLine } from './access-line.ts';
import { createReader } from './run/reader.ts';
import { workspaceAt } from './workspace/at-directory.ts';
import { getWorkspace, listWorkspaces } from './workspace/find.ts';

/**
 * Shows requests as they pass through the proxy, until ^C: to the named Workspace, to the current directory's, else to all. Asks the
 * proxy itself, so that the daemon may be away.
 */
export async function followAccess(context: Context, name: string | undefined, output?: 'json'): Promise<void> {
  const format = output === 'json' ? accessJson : accessLine;
  const client = createControlClient(context.paths.proxySocket);
  try {
    if (!(await client.hello()))
      throw new CliError('no proxy runs, so there is nothing to follow; it comes with the daemon: dual daemon start');
    const workspace = await chooseWorkspace(context, name);
    const signal = context.interruption();
    for await (const entry of client.access(workspace, signal)) print(context, format(entry));
    if (!signal.aborted)
      throw new CliError('the proxy has ended, or requests came faster than they could be shown; follow again');
  } finally {
    client.close();
  }
}

/** Undefined means all. While no daemon runs, a name is taken as it is. */
async function chooseWorkspace(context: Context, name: string | undefined): Promise<string | undefined> {
  const reader = createReader(context.paths.apiSocket);
  try {
    const workspace =
      name === undefined
        ? await workspaceAt(context.cwd, await listWorkspaces(reader))
        : await getWorkspace(reader, context, name);
    return workspace?.metadata.name;
  } catch (error) {
    if (!AWAY.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    if (name === undefined)
      note(context, 'the daemon does not run, so it is not known which workspace this is: showing all');
    return name;
  }
}

const AWAY = new Set(['ENOENT', 'ECONNREFUSED', 'ECONNRESET']);
