import { ANNOTATION_LAST_APPLIED, ANNOTATION_MANIFEST, ANNOTATION_REQUESTED } from '../../../api/labels.ts';
import { WORKSPACES } from '../../../api/scheme.ts';
import type { Workspace, WorkspaceSpec } from '../../../api/types.ts';
import type { Client } from '../../../client/client.ts';
import { withClient } from '../../shared/connect.ts';
import { note, print, type Context } from '../../shared/context.ts';
import { startProgress } from '../../shared/progress.ts';
import { timeoutOption, type Configure } from '../command.ts';
import { findWorkspace } from '../workspace/find.ts';
import { DEFAULT_TIMEOUT, describeProgress, isStarted, isStopped, refuseStalled } from '../workspace/state.ts';
import { waitForWorkspace } from '../workspace/wait.ts';

export interface StateOptions {
  wait: boolean;
  /** Milliseconds. */
  timeout: number;
}

/** Milliseconds: programs get some seconds to end by themselves. */
const STOP_TIMEOUT = 2 * 60_000;

interface Change {
  state: WorkspaceSpec['state'];
  /** As in `workspace.dual.dev/x started`. */
  done: string;
  patch: unknown;
  isDone(workspace: Workspace): boolean;
}

const START: Change = { state: 'Running', done: 'started', patch: { spec: { state: 'Running' } }, isDone: isStarted };

/** What was a first use of a Lazy one is over. */
const STOP: Change = {
  state: 'Stopped',
  done: 'stopped',
  patch: { spec: { state: 'Stopped' }, metadata: { annotations: { [ANNOTATION_REQUESTED]: null } } },
  isDone: isStopped,
};

export const configureStart: Configure = (command, context, run) => {
  command
    .argument('[workspace...]', "default: the current directory's")
    .option('--no-wait', 'do not wait until it runs')
    .addOption(timeoutOption(DEFAULT_TIMEOUT))
    .action(run((names: string[], options: StateOptions) => start(context, names, options)));
};

export const configureStop: Configure = (command, context, run) => {
  command
    .argument('[workspace...]', "default: the current directory's")
    .option('--no-wait', 'do not wait until it has stopped')
    .addOption(timeoutOption(STOP_TIMEOUT))
    .action(run((names: string[], options: StateOptions) => stop(context, names, options)));
};

/** Sets `spec.state` to Running; with no name, of the current directory's Workspace. */
export async function start(context: Context, names: readonly string[], options: StateOptions): Promise<void> {
  await setState(context, names, { change: START, options });
}

/** Sets `spec.state` to Stopped. The clone stays as it is. */
export async function stop(context: Context, names: readonly string[], options: StateOptions): Promise<void> {
  await setState(context, names, { change: STOP, options });
}

async function setState(
  context: Context,
  names: readonly string[],
  { change, options }: { change: Change; options: StateOptions },
): Promise<void> {
  await withClient(context, async (client) => {
    const wanted = names.length > 0 ? [...new Set(names)] : [undefined];
    // All must be known before any is touched: a typo in one name stops nothing halfway.
    const workspaces = await Promise.all(wanted.map((name) => findWorkspace(client, context, name)));
    await Promise.all(workspaces.map(({ metadata }) => client.patch(WORKSPACES, metadata.name, change.patch)));
    for (const workspace of workspaces) warnOfManifest(context, workspace, change);
    await waitForAll(context, client, { names: workspaces.map(({ metadata }) => metadata.name), change, options });
  });
}

async function waitForAll(
  context: Context,
  client: Client,
  { names, change, options }: { names: string[]; change: Change; options: StateOptions },
): Promise<void> {
  const progress = options.wait ? await startProgress(context, `${names.join(', ')}: waiting`) : undefined;
  const finish = (name: string): void => {
    const write = (): void => print(context, `workspace.dual.dev/${name} ${change.done}`);
    if (progress) progress.around(write);
    else write();
  };
  const waitForOne = async (name: string): Promise<void> => {
    if (options.wait) {
      await waitForWorkspace(client, name, {
        until: (workspace) => {
          refuseStalled(workspace);
          return change.isDone(workspace);
        },
        timeout: options.timeout,
        interruption: context.interruption(),
        onChange: (workspace) => progress?.update(describeProgress(workspace)),
      });
    }
    finish(name);
  };
  try {
    throwAll(await Promise.allSettled(names.map(waitForOne)));
  } finally {
    progress?.stop();
  }
}

function throwAll(results: PromiseSettledResult<void>[]): void {
  const errors: unknown[] = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  if (errors.length > 1) throw new AggregateError(errors);
  if (errors.length === 1) throw errors[0];
}

/** A manifest that says otherwise wins when it is applied the next time, which would surprise. */
function warnOfManifest(context: Context, { metadata }: Workspace, { state }: Change): void {
  const file = metadata.annotations?.[ANNOTATION_MANIFEST];
  const declared = declaredState(metadata.annotations?.[ANNOTATION_LAST_APPLIED]);
  if (!file || declared === undefined || declared === state) return;
  note(
    context,
    `${metadata.name}: ${file} says "state: ${declared}", which holds again when that file is applied next`,
  );
}

function declaredState(lastApplied: string | undefined): string | undefined {
  if (lastApplied === undefined) return undefined;
  const { spec } = JSON.parse(lastApplied) as { spec?: { state?: string } };
  return spec?.state;
}
