import { createHash } from 'node:crypto';
import type { Pane } from '../../src/api/types.ts';
import type { PaneSpec, PaneState, Session } from '../../src/drivers/session/driver.ts';
import type { Host } from './host.ts';

/** Something to be done to a pane, now (`dueIn` 0) or in so many milliseconds. */
export type PaneAction =
  | { kind: 'add' | 'restart'; pane: PaneSpec; dueIn: number; crashed: boolean }
  | { kind: 'remove'; name: string; dueIn: 0 };

/** How often in a row a pane has been started again after it had ended by itself. */
export type CrashCount = (pane: string) => number;

const CRASHES_THAT_ARE_A_LOOP = 3;
const RESTART_BASE_MS = 1_000;
const RESTART_MAX_MS = 60_000;

export interface PaneContext {
  workspace: string;
  /** Tells the machine that panes inside were started for. */
  target: string;
  host: Pick<Host, 'shell' | 'interactiveShell' | 'paneRunner'>;
}

/** What the session driver has to run for a pane of the Project's. */
export function paneSpec(pane: Pane, { workspace, target, host }: PaneContext): PaneSpec {
  const command = pane.on === 'host' ? hostCommand(pane, host) : containerCommand(pane, workspace, host.paneRunner);
  const specHash = createHash('sha256')
    .update(JSON.stringify([pane.on, pane.command ?? null]))
    .digest('hex')
    .slice(0, 12);
  return { name: pane.name, command, target: pane.on === 'container' ? target : '', specHash };
}

/** Whatever it is, it finds the way to the Workspace's shims by its environment. */
function hostCommand(pane: Pane, { shell, interactiveShell }: PaneContext['host']): string[] {
  return pane.command === undefined ? interactiveShell : [shell, '-c', pane.command];
}

function containerCommand(pane: Pane, workspace: string, runner: string[]): string[] {
  const argv = pane.command === undefined ? ['bash', '-l'] : ['bash', '-c', pane.command];
  return [...runner, workspace, '--', ...argv];
}

/** What differs between the panes as they should be and as they are. Pure. */
export function paneActions(
  panes: { pane: Pane; spec: PaneSpec }[],
  session: Session,
  { now, crashes }: { now: number; crashes: CrashCount },
): PaneAction[] {
  const actions: PaneAction[] = [];
  for (const { pane, spec } of panes) {
    const state = session.panes.find((candidate) => candidate.name === pane.name);
    const action = state ? existingPaneAction(pane, spec, state, { now, crashes }) : added(spec);
    if (action) actions.push(action);
  }
  for (const { name } of session.panes) {
    if (!panes.some(({ pane }) => pane.name === name)) actions.push({ kind: 'remove', name, dueIn: 0 });
  }
  return actions;
}

/** Panes that end again and again although they are started anew. */
export function crashLooping(actions: readonly PaneAction[], crashes: CrashCount): string[] {
  return actions.flatMap((action) =>
    action.kind === 'restart' && action.crashed && crashes(action.pane.name) >= CRASHES_THAT_ARE_A_LOOP
      ? [action.pane.name]
      : [],
  );
}

function added(pane: PaneSpec): PaneAction {
  return { kind: 'add', pane, dueIn: 0, crashed: false };
}

function existingPaneAction(
  pane: Pane,
  spec: PaneSpec,
  state: PaneState,
  { now, crashes }: { now: number; crashes: CrashCount },
): PaneAction | undefined {
  if (state.specHash !== spec.specHash || state.target !== spec.target) {
    return { kind: 'restart', pane: spec, dueIn: 0, crashed: false };
  }
  if (state.running) return undefined;
  if (pane.command === undefined)
    return afterDelay({ pane: spec, crashed: false }, state, { now, delay: RESTART_BASE_MS });
  if (!restartsAfter(pane.restart, state.exitCode)) return undefined;
  const delay = Math.min(RESTART_MAX_MS, RESTART_BASE_MS * 2 ** crashes(pane.name));
  return afterDelay({ pane: spec, crashed: true }, state, { now, delay });
}

function afterDelay(
  what: { pane: PaneSpec; crashed: boolean },
  { endedAt = 0 }: PaneState,
  { now, delay }: { now: number; delay: number },
): PaneAction {
  return { kind: 'restart', ...what, dueIn: Math.max(0, endedAt + delay - now) };
}

function restartsAfter(policy: Pane['restart'], exitCode: number | undefined): boolean {
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
}
