import type { Workspace } from '../../../api/types.ts';
import type { Client } from '../../../client/client.ts';
import { GuestError } from '../../../guest/errors.ts';
import { withClient } from '../../shared/connect.ts';
import { formatDuration } from '../../shared/age.ts';
import type { Context } from '../../shared/context.ts';
import { CliError } from '../../shared/errors.ts';
import { durationArgument, type Configure } from '../command.ts';
import { openPort, PATIENCE } from '../connect/open-port.ts';
import { pipeBytes } from '../connect/pipe-bytes.ts';
import { declaredPorts } from '../workspace/declared-ports.ts';
import { findWorkspaceAnd } from '../workspace/find.ts';
import { DEFAULT_TIMEOUT } from '../workspace/state.ts';
import { listedPorts } from './urls.ts';

export interface ConnectOptions {
  /** Milliseconds. */
  timeout?: number;
}

const HELP = `
Bytes pass as they are, from standard input to the service and back, for programs that speak through another one:
  ssh -o ProxyCommand='dual connect shop-main 22' shop-main
  socat TCP-LISTEN:15432,bind=127.0.0.1,fork EXEC:'dual connect shop-main 5432'

Where 127.x.y.z addresses work (Linux), there is no need for that; see: dual urls --tcp`;

const DEFAULTS = `${formatDuration(DEFAULT_TIMEOUT)} for the machine, then ${formatDuration(PATIENCE)} for the port`;

export const configureConnect: Configure = (command, context, run) => {
  command
    .usage('[options] [workspace] <port>')
    .argument('[workspace]', "default: the current directory's")
    .argument('[port]', 'number or name')
    .option('--timeout <duration>', `how long to wait, as in 90s or 5m (default: ${DEFAULTS})`, durationArgument)
    .addHelpText('after', HELP)
    .action(
      run((first: string | undefined, second: string | undefined, options: ConnectOptions) =>
        connect(context, [first, second], options),
      ),
    );
};

/** Ties standard input and output to a port of a Workspace's machine. */
export async function connect(
  context: Context,
  words: readonly (string | undefined)[],
  { timeout }: ConnectOptions,
): Promise<void> {
  const { workspace, port } = await withClient(context, async (client) => {
    const found = await findWorkspaceAnd(client, context, words);
    return { workspace: found.workspace, port: await portNumber(client, found.workspace, found.thing) };
  });
  const tunnel = await openPort(context, workspace, { port, timeout }).catch((error: unknown) => {
    throw refused(error, workspace, port);
  });
  context.interruption().addEventListener('abort', () => tunnel.destroy());
  await pipeBytes(tunnel, context);
}

/** A number need not listen yet; a name is one that listens, or that the Project declares. @throws CliError that lists what there is */
async function portNumber(client: Client, workspace: Workspace, wanted: string | undefined): Promise<number> {
  const { name } = workspace.metadata;
  if (wanted === undefined) {
    throw new CliError(
      `which port of workspace "${name}"? As in: dual connect ${name} 5432; ${listedPorts(workspace)}`,
    );
  }
  if (/^\d+$/.test(wanted)) {
    const number = Number(wanted);
    if (number >= 1 && number <= 65_535) return number;
    throw new CliError(`${wanted} is no port: ports are numbers from 1 to 65535`);
  }
  const named = [...(workspace.status?.ports ?? []), ...(await declaredPorts(client, workspace))];
  const found = named.find((port) => port.name === wanted);
  if (found) return found.port;
  throw new CliError(`workspace "${name}" has no port named "${wanted}"; ${listedPorts(workspace)}`);
}

function refused(error: unknown, workspace: Workspace, port: number): unknown {
  if (!(error instanceof GuestError) || error.code !== 'PortRefused') return error;
  const message = `nothing in workspace "${workspace.metadata.name}" answers on port ${port}; ${listedPorts(workspace)}`;
  return new CliError(message, 1, { cause: error });
}
