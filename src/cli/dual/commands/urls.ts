import type { PortStatus, Workspace } from '../../../api/types.ts';
import { withClient } from '../../shared/connect.ts';
import { note, print, type Context } from '../../shared/context.ts';
import { formatTable } from '../../shared/table.ts';
import { jsonOption, type Configure } from '../command.ts';
import { workspaceAt } from '../workspace/at-directory.ts';
import { getWorkspace, listWorkspaces } from '../workspace/find.ts';

export interface UrlsOptions {
  output?: 'json';
}

export const configureUrls: Configure = (command, context, run) => {
  command
    .argument('[workspace]', "default: the current directory's, else all")
    .addOption(jsonOption())
    .action(run((name: string | undefined, options: UrlsOptions) => urls(context, name, options)));
};

/** Every port with its URL and state: of the named Workspace, of the current directory's, else of all. */
export async function urls(context: Context, name: string | undefined, options: UrlsOptions): Promise<void> {
  const workspaces = await withClient(context, async (client) => {
    if (name !== undefined) return [await getWorkspace(client, context, name)];
    const all = await listWorkspaces(client);
    const here = await workspaceAt(context.cwd, all);
    return here ? [here] : all;
  });
  const rows = workspaces.flatMap((workspace) =>
    portsOf(workspace).map((port) => ({ workspace: workspace.metadata.name, ...port })),
  );
  if (options.output === 'json') return print(context, JSON.stringify(rows, null, 2));
  if (rows.length === 0)
    return note(
      context,
      `nothing listens in ${workspaces.map((ws) => ws.metadata.name).join(', ') || 'any workspace'} yet`,
    );
  const cells = rows.map((row) => [
    row.workspace,
    String(row.port),
    row.name ?? '',
    row.url ?? '',
    stateOf(row),
    row.process ?? '',
  ]);
  print(context, formatTable(['WORKSPACE', 'PORT', 'NAME', 'URL', 'STATE', 'PROCESS'], cells));
}

/** By number. */
export function portsOf(workspace: Workspace): PortStatus[] {
  return [...(workspace.status?.ports ?? [])].sort((a, b) => a.port - b.port);
}

/** `OK`, or why the URL does not work. */
export function stateOf(port: PortStatus): string {
  if (port.routed && port.listening) return 'OK';
  if (!port.listening) return 'not listening';
  return [port.reason ?? 'NotRouted', port.message].filter(Boolean).join(': ');
}
