import { focusedAt } from '../../../api/focus.ts';
import { ANNOTATION_FOCUSED } from '../../../api/labels.ts';
import { WORKSPACES } from '../../../api/scheme.ts';
import type { Workspace } from '../../../api/types.ts';
import type { Client } from '../../../client/client.ts';
import { timestamp } from '../../../clock/clock.ts';
import { isApiError } from '../../../errors/api-error.ts';
import { withClient } from '../../shared/connect.ts';
import { note, print, type Context } from '../../shared/context.ts';
import type { Configure } from '../command.ts';
import { getWorkspace, listWorkspaces } from '../workspace/find.ts';

export interface FocusOptions {
  off?: boolean;
}

const HELP = `
While a workspace is focused, http://localhost:{port} is that workspace's port, for what insists on plain localhost: OAuth callbacks, CORS lists.
The workspaces' own URLs go on as ever. One is focused at a time; what no workspace listens on is left alone.`;

export const configureFocus: Configure = (command, context, run) => {
  command
    .argument('[workspace]', 'left out: say which one it is')
    .option('--off', 'plain localhost goes to no workspace any more')
    .addHelpText('after', HELP)
    .action(run((name: string | undefined, options: FocusOptions) => focus(context, name, options)));
};

/** Points plain `localhost` at a Workspace, away from any, or says where it goes. */
export async function focus(context: Context, name: string | undefined, { off }: FocusOptions): Promise<void> {
  await withClient(context, async (client) => {
    const named = name === undefined ? undefined : await getWorkspace(client, context, name);
    const all = await listWorkspaces(client);
    if (off) return end(context, client, named ? [named] : all);
    if (named) return begin(context, client, { named, all });
    show(context, all);
  });
}

/** It first, so that there is no moment without one. */
async function begin(
  context: Context,
  client: Client,
  { named, all }: { named: Workspace; all: readonly Workspace[] },
): Promise<void> {
  const { name } = named.metadata;
  await annotate(client, name, timestamp(context.clock));
  for (const other of all) if (other.metadata.name !== name && isMarked(other)) await unmark(client, other);
  print(context, `workspace.dual.dev/${name} focused`);
  note(context, `http://localhost:{port} goes to ${name} now; to end that: dual focus --off`);
}

async function end(context: Context, client: Client, workspaces: readonly Workspace[]): Promise<void> {
  const marked = workspaces.filter(isMarked);
  for (const workspace of marked) {
    await unmark(client, workspace);
    print(context, `workspace.dual.dev/${workspace.metadata.name} no longer focused`);
  }
  if (marked.length === 0) note(context, 'nothing was focused');
}

function show(context: Context, workspaces: readonly Workspace[]): void {
  const time = ({ metadata }: Workspace): string => focusedAt(metadata) ?? '';
  const [latest] = workspaces
    .filter((workspace) => time(workspace) !== '')
    .sort((a, b) => (time(a) < time(b) ? 1 : -1));
  if (latest) print(context, latest.metadata.name);
  else note(context, 'no workspace is focused; see: dual focus --help');
}

function isMarked({ metadata }: Workspace): boolean {
  return metadata.annotations?.[ANNOTATION_FOCUSED] !== undefined;
}

/** One that is gone by now is as good as unmarked. */
async function unmark(client: Client, { metadata }: Workspace): Promise<void> {
  try {
    await annotate(client, metadata.name, null);
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error;
  }
}

async function annotate(client: Client, name: string, time: string | null): Promise<void> {
  await client.patch(WORKSPACES, name, { metadata: { annotations: { [ANNOTATION_FOCUSED]: time } } });
}
