import { execa } from 'execa';
import type { PortStatus, Workspace } from '../../../api/types.ts';
import { withClient } from '../../shared/connect.ts';
import { note, print, type Context } from '../../shared/context.ts';
import { CliError } from '../../shared/errors.ts';
import type { Configure } from '../command.ts';
import { findProgram } from '../../../exec/find-program.ts';
import { withAwaitedPorts } from '../workspace/declared-ports.ts';
import { findWorkspaceAnd } from '../workspace/find.ts';
import { listedPorts, portsOf, stateOf } from './urls.ts';

export const configureOpen: Configure = (command, context, run) => {
  command
    .usage('[workspace] [port]')
    .argument('[workspace]', "default: the current directory's")
    .argument('[port]', 'number or name; default: the first with a name, else the first')
    .action(run((first: string | undefined, second: string | undefined) => open(context, [first, second])));
};

/** Opens a port's URL in the browser, which makes a Lazy Workspace real; prints it where there is no browser to be had. */
export async function open(context: Context, words: readonly (string | undefined)[]): Promise<void> {
  const url = await withClient(context, async (client) => {
    const { workspace, thing } = await findWorkspaceAnd(client, context, words);
    return urlOf(await withAwaitedPorts(client, workspace), thing);
  });
  const opener = findOpener(context.env, process.platform);
  if (!opener) return print(context, url);
  const { exitCode } = await execa(opener, [url], {
    env: context.env,
    extendEnv: false,
    stdio: 'ignore',
    reject: false,
  });
  if (exitCode !== 0) return print(context, url);
  note(context, `opened ${url}`);
}

/** Of the port with that number or name; of the first that works when none is given. @throws CliError that lists what there is */
export function urlOf(workspace: Workspace, wanted: string | undefined): string {
  const port = wanted === undefined ? firstRouted(workspace) : namedPort(workspace, wanted);
  const url = port.url;
  // The one thing that is handed to another program.
  if (url && port.routed && /^https?:\/\//.test(url)) return url;
  const why = port.routed && port.tcp ? `it is plain TCP, at ${port.tcp}` : stateOf(port);
  throw new CliError(`port ${port.port} of workspace "${workspace.metadata.name}" has no URL that works (${why})`);
}

/** A port that the Project names is likelier to be the one for a person than one that merely listens. */
function firstRouted(workspace: Workspace): PortStatus {
  const routed = portsOf(workspace).filter((port) => port.routed && port.url);
  const port = routed.find(({ name }) => name !== undefined) ?? routed[0];
  if (port) return port;
  const { name } = workspace.metadata;
  throw new CliError(
    `nothing in workspace "${name}" answers a browser yet (${workspace.status?.phase ?? 'Pending'}); see: dual urls ${name}`,
  );
}

function namedPort(workspace: Workspace, wanted: string): PortStatus {
  const port = portsOf(workspace).find(({ port: number, name }) => String(number) === wanted || name === wanted);
  if (port) return port;
  throw new CliError(
    `nothing in workspace "${workspace.metadata.name}" listens on ${wanted}; ${listedPorts(workspace)}`,
  );
}

/** The program that hands a URL to the user's browser; undefined without a display. */
export function findOpener(env: Context['env'], platform: NodeJS.Platform): string | undefined {
  if (platform === 'darwin') return findProgram('open', env);
  // In WSL the browser is on the Windows side.
  if (env['WSL_DISTRO_NAME']) return findProgram('wslview', env) ?? findProgram('explorer.exe', env);
  if (!env['DISPLAY'] && !env['WAYLAND_DISPLAY']) return undefined;
  return findProgram('xdg-open', env);
}
