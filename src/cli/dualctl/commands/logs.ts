import type { Command } from 'commander';
import type { Workspace } from '../../../api/types.ts';
import { WORKSPACES, collectionPath } from '../../../api/scheme.ts';
import type { Client } from '../../../client/client.ts';
import { type Context, note } from '../../shared/context.ts';
import { withClient } from '../../shared/connect.ts';
import { CliError } from '../../shared/errors.ts';
import { parseResourceArgs } from '../objects/resource-args.ts';

const EXAMPLES = `
Examples:
  dualctl logs lightfast-feat-auth              # its first pane
  dualctl logs lightfast-feat-auth dev -f       # the pane "dev", and go on
  dualctl logs ws/lightfast-feat-auth -c dev --tail=20`;

/** More lines than any terminal keeps. */
const ALL_LINES = 999_999;

interface LogOptions {
  container?: string;
  follow?: boolean;
  tail?: string;
}

export function configureLogs(command: Command, context: Context): void {
  command
    .argument('<WORKSPACE>', 'the name of a workspace, or workspace/NAME')
    .argument('[PANE]', 'the pane; the first one when left out')
    .option('-c, --container <pane>', 'the pane, as kubectl would say it')
    .option('-f, --follow', 'go on and print what comes')
    .option('--tail <lines>', 'how many of the last lines, -1 for all that are kept (default: 1000)')
    .addHelpText('after', EXAMPLES)
    .action(async (workspace: string, pane: string | undefined) => {
      const options = command.opts<LogOptions>();
      const name = workspaceName(workspace);
      if (pane !== undefined && options.container !== undefined) {
        throw new CliError('only one of -c or an inline [PANE] arg is allowed');
      }
      await withClient(context, async (client) => {
        const container = pane ?? options.container ?? (await defaultPane(context, client, name));
        await printLog(context, client, logPath(name, { ...options, ...(container && { container }) }));
      });
    });
}

function workspaceName(argument: string): string {
  const [target] = parseResourceArgs([argument], WORKSPACES.plural);
  const name = target?.names[0];
  if (!target || name === undefined || target.resource !== WORKSPACES) {
    throw new CliError(`only workspaces have logs: dualctl logs NAME, not "${argument}"`);
  }
  return name;
}

/** The first one, as kubectl takes a pod's first container; that there are others is said. */
async function defaultPane(context: Context, client: Client, name: string): Promise<string | undefined> {
  const { status } = await client.get<Workspace>(WORKSPACES, name);
  const panes = (status?.session?.panes ?? []).map((pane) => pane.name);
  if (panes.length > 1) note(context, `Defaulted pane "${panes[0]}" out of: ${panes.join(', ')}`);
  return panes[0];
}

async function printLog(
  context: Context,
  client: Client,
  { path, follow }: { path: string; follow: boolean },
): Promise<void> {
  if (!follow) {
    context.stdout.write(await client.raw(path, { accept: 'text/plain, */*' }));
    return;
  }
  const lines = client.stream(path, { accept: 'text/plain, */*', signal: context.interruption() });
  for await (const line of lines) context.stdout.write(`${line}\n`);
}

function logPath(name: string, { container, follow, tail }: LogOptions): { path: string; follow: boolean } {
  const query = new URLSearchParams();
  if (container !== undefined) query.set('container', container);
  if (follow) query.set('follow', 'true');
  if (tail !== undefined) query.set('tailLines', String(parseTail(tail)));
  const search = query.size > 0 ? `?${query.toString()}` : '';
  return { path: `${collectionPath(WORKSPACES)}/${encodeURIComponent(name)}/log${search}`, follow: follow === true };
}

function parseTail(tail: string): number {
  if (!/^(-1|\d+)$/.test(tail)) throw new CliError(`--tail must be -1 or a number of lines, not "${tail}"`);
  return tail === '-1' ? ALL_LINES : Math.min(Number(tail), ALL_LINES);
}
