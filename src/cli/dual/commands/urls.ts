import { REASON } from '../../../api/conditions.ts';
import type { PortStatus, Workspace } from '../../../api/types.ts';
import { withClient } from '../../shared/connect.ts';
import { note, print, type Context } from '../../shared/context.ts';
import { formatTable } from '../../shared/table.ts';
import { jsonOption, type Configure } from '../command.ts';
import { workspaceAt } from '../workspace/at-directory.ts';
import { withAwaitedPorts } from '../workspace/declared-ports.ts';
import { getWorkspace, listWorkspaces, type Reader } from '../workspace/find.ts';

export interface UrlsOptions {
  tcp?: boolean;
  output?: 'json';
}

export const configureUrls: Configure = (command, context, run) => {
  command
    .argument('[workspace]', "default: the current directory's, else all")
    .option('--tcp', 'where they are reached as plain TCP: each workspace has a loopback address of its own')
    .addOption(jsonOption())
    .action(run((name: string | undefined, options: UrlsOptions) => urls(context, name, options)));
};

/**
 * Every port with its URL (or its plain TCP address) and state: of the named Workspace, of the current directory's, else of all. Of a
 * Lazy one that is not made yet, those that make it real.
 */
export async function urls(context: Context, name: string | undefined, options: UrlsOptions): Promise<void> {
  const workspaces = await withClient(context, async (client) => {
    const chosen = await chooseWorkspaces(client, context, name);
    return Promise.all(chosen.map((workspace) => withAwaitedPorts(client, workspace)));
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
  const { header, where, state } = options.tcp ? AS_TCP : AS_URL;
  const cells = rows.map((row) => [
    row.workspace,
    String(row.port),
    row.name ?? '',
    where(row),
    state(row),
    row.process ?? '',
  ]);
  print(context, formatTable(['WORKSPACE', 'PORT', 'NAME', header, 'STATE', 'PROCESS'], cells));
}

async function chooseWorkspaces(reader: Reader, context: Context, name: string | undefined): Promise<Workspace[]> {
  if (name !== undefined) return [await getWorkspace(reader, context, name)];
  const all = await listWorkspaces(reader);
  const here = await workspaceAt(context.cwd, all);
  return here ? [here] : all;
}

/** What has no URL by its nature is shown where it is. */
const AS_URL = {
  header: 'URL',
  where: ({ url, protocol, tcp }: PortStatus): string => url ?? (protocol === 'tcp' ? tcp : undefined) ?? '',
  state: stateOf,
};
const AS_TCP = { header: 'ADDRESS', where: ({ tcp }: PortStatus): string => tcp ?? '', state: tcpStateOf };

/** By number. */
export function portsOf(workspace: Workspace): PortStatus[] {
  return [...(workspace.status?.ports ?? [])].sort((a, b) => a.port - b.port);
}

/** Numbers and names, for messages. */
export function listedPorts(workspace: Workspace): string {
  const ports = portsOf(workspace).map(({ port, name }) => (name ? `${port} (${name})` : String(port)));
  return `ports: ${ports.join(', ') || 'none'}`;
}

/** `OK`, or why it is not reached as its protocol says. */
export function stateOf(port: PortStatus): string {
  if (port.routed && port.listening) return 'OK';
  return whyNot(port, 'NotRouted');
}

/** `OK`, or why it is not reached as plain TCP. */
export function tcpStateOf(port: PortStatus): string {
  if (port.tcp !== undefined && port.listening) return 'OK';
  return whyNot(port, 'NotServed');
}

function whyNot({ listening, reason, message }: PortStatus, otherwise: string): string {
  if (!listening) return reason === REASON.lazy ? reason : 'not listening';
  return [reason ?? otherwise, message].filter(Boolean).join(': ');
}
