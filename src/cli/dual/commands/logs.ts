import { Option } from 'commander';
import { PROJECTS, WORKSPACES, collectionPath } from '../../../api/scheme.ts';
import type { Project, Workspace } from '../../../api/types.ts';
import type { Client } from '../../../client/client.ts';
import { withClient } from '../../shared/connect.ts';
import { print, type Context } from '../../shared/context.ts';
import { CliError } from '../../shared/errors.ts';
import { countArgument, type Configure } from '../command.ts';
import { findWorkspaceAnd } from '../workspace/find.ts';

export interface LogsOptions {
  follow?: boolean;
  /** Lines from the end; DEFAULT_TAIL when left out. */
  tail?: number;
  daemon?: boolean;
  proxy?: boolean;
  access?: boolean;
  output?: 'json';
}

/** As many as the daemon gives where nobody says how many. */
const DEFAULT_TAIL = 1_000;

export const configureLogs: Configure = (command, context, run) => {
  command
    .usage('[options] [workspace] [pane]')
    .argument('[workspace]', "default: the current directory's")
    .argument('[pane]', 'default: the first that runs a command')
    .option('-f, --follow', 'go on until ^C')
    .option('--tail <lines>', `how many of the last lines (default: ${DEFAULT_TAIL})`, countArgument)
    .option('--daemon', "the daemon's log")
    .option('--proxy', "the proxy's log")
    .option('--access', 'requests to the workspace, or to all, as they come; goes on until ^C')
    .addOption(new Option('-o, --output <format>', 'with --access: one JSON object a line').choices(['json']))
    .action(
      run((first: string | undefined, second: string | undefined, options: LogsOptions) =>
        logs(context, [first, second], options),
      ),
    );
};

/** What a pane has shown, the log of the daemon or the proxy, or the requests that come. */
export async function logs(
  context: Context,
  words: readonly (string | undefined)[],
  options: LogsOptions,
): Promise<void> {
  refuseMixed(words, options);
  if (options.access) return showRequests(context, words, options);
  if (options.output) throw new CliError('-o json goes with --access: the other logs are text');
  if (options.daemon || options.proxy) return showFile(context, options);
  await withClient(context, async (client) => {
    const { workspace, thing } = await findWorkspaceAnd(client, context, words);
    const pane = await choosePane(client, workspace, thing);
    await showPane(context, client, { path: logPath(workspace, pane, options), follow: options.follow === true });
  });
}

/** What would have no effect is not passed over. @throws CliError that names it */
function refuseMixed([workspace]: readonly (string | undefined)[], options: LogsOptions): void {
  const [log, other] = (['access', 'daemon', 'proxy'] as const).filter((name) => options[name]);
  if (other) throw new CliError(`--${log} and --${other} are logs of their own: ask for one at a time`);
  if (log === 'access' && options.tail !== undefined)
    throw new CliError('--access shows requests as they come: there are no last lines for --tail');
  if (log !== undefined && log !== 'access' && workspace !== undefined)
    throw new CliError(`--${log} is about all workspaces: it takes no name, and "${workspace}" was given`);
}

async function showFile(context: Context, options: LogsOptions): Promise<void> {
  const { showLogFile } = await import('../log-file.ts');
  const file = options.proxy ? context.paths.proxyLog : context.paths.daemonLog;
  await showLogFile(context, file, { tail: DEFAULT_TAIL, ...options });
}

async function showRequests(
  context: Context,
  [workspace, pane]: readonly (string | undefined)[],
  { output }: LogsOptions,
): Promise<void> {
  if (pane !== undefined) throw new CliError('--access is about a workspace: it takes no pane');
  const { followAccess } = await import('../access.ts');
  await followAccess(context, workspace, output);
}

async function showPane(context: Context, client: Client, log: { path: string; follow: boolean }): Promise<void> {
  if (!log.follow) {
    const text = await client.raw(log.path, { accept: 'text/plain', signal: context.interruption() });
    if (text !== '') print(context, text);
    return;
  }
  for await (const line of client.stream(log.path, { accept: 'text/plain', signal: context.interruption() })) {
    print(context, line === '' ? '\n' : line);
  }
}

/** `container`, `follow` and `tailLines` as with a Pod's log: panes stand where containers do. */
export function logPath(workspace: Workspace, pane: string, options: LogsOptions): string {
  const query = new URLSearchParams({ container: pane, tailLines: String(options.tail ?? DEFAULT_TAIL) });
  if (options.follow) query.set('follow', 'true');
  return `${collectionPath(WORKSPACES)}/${workspace.metadata.name}/log?${query.toString()}`;
}

/** The one that was asked for, else the first that runs a command, else the first. @throws CliError that lists the panes */
async function choosePane(client: Client, workspace: Workspace, wanted: string | undefined): Promise<string> {
  const panes = workspace.status?.session?.panes?.map(({ name }) => name) ?? [];
  const [first] = panes;
  if (first === undefined) throw noSession(workspace);
  if (wanted === undefined)
    return (await panesWithCommand(client, workspace)).find((pane) => panes.includes(pane)) ?? first;
  if (panes.includes(wanted)) return wanted;
  throw new CliError(`workspace "${workspace.metadata.name}" has no pane "${wanted}"; panes: ${panes.join(', ')}`);
}

async function panesWithCommand(client: Client, workspace: Workspace): Promise<string[]> {
  const project = await client.get<Project>(PROJECTS, workspace.spec.project);
  return project.spec.session.panes.filter(({ command }) => command !== undefined).map(({ name }) => name);
}

function noSession({ metadata, status }: Workspace): CliError {
  const { name } = metadata;
  const phase = status?.phase ?? 'Pending';
  if (phase === 'Stopped') return new CliError(`workspace "${name}" is stopped; start it with: dual start ${name}`);
  return new CliError(`workspace "${name}" has no session yet (${phase}); see: dualctl describe workspace ${name}`);
}
