import { REASON } from '../../src/api/conditions.ts';
import type { SessionDriver, SessionSpec } from '../../src/drivers/session/driver.ts';
import { sessionDriver } from './choose-backend.ts';
import type { Entry } from './memory.ts';
import type { PaneAction } from './panes.ts';
import type { StepInput } from './step-input.ts';

/** After that many milliseconds of running, a pane that ends has not crashed in a row. */
const CRASH_MEMORY_MS = 10 * 60_000;

/** Makes the session, or does to its panes what is due. */
export async function ensureSession(input: StepInput): Promise<void> {
  const { context, memory, observation } = input;
  const { actual, specHash, name, backend, strays } = observation.session!;
  const session = sessionDriver(context, backend);
  for (const stray of strays) await sessionDriver(context, stray).destroy(name);
  if (actual && actual.specHash !== specHash) await session.destroy(name);
  if (!actual || actual.specHash !== specHash) {
    await session.createSession(await sessionSpec(input));
    return tellLoss(input);
  }
  for (const action of observation.session!.actions.filter(({ dueIn }) => dueIn === 0)) {
    await perform(session, name, action);
    if (action.kind !== 'remove') count(memory, action, context.clock.now());
  }
}

/** A person should not find out by what is missing. */
function tellLoss({ context, workspace, observation }: StepInput): void {
  const { name, backend, strays } = observation.session!;
  const before = workspace.status?.session?.state;
  if (before !== 'Attached' && before !== 'Background') return;
  const how =
    strays.length > 0
      ? `moves from ${strays.join(', ')} to ${backend}`
      : 'was lost, or its clone replaced, and is made anew';
  const message = `session ${name} ${how}; what ran in it has ended`;
  context.api.recorder.event(workspace, 'Warning', REASON.sessionRepaired, message);
}

async function sessionSpec({ context, workspace, observation }: StepInput): Promise<SessionSpec> {
  const { name, specHash, panes } = observation.session!;
  return {
    name,
    owner: { uid: workspace.metadata.uid, workspace: workspace.metadata.name, project: workspace.spec.project },
    cwd: observation.clone.dir,
    env: { ...context.host.paneEnv, ...(await context.shims.environment(observation.shims!.spec)) },
    shell: context.host.interactiveShell,
    panes,
    specHash,
  };
}

async function perform(session: SessionDriver, name: string, action: PaneAction): Promise<void> {
  if (action.kind === 'remove') await session.removePane(name, action.name);
  else if (action.kind === 'add') await session.addPane(name, action.pane);
  else await session.restartPane(name, action.pane);
}

function count({ crashes }: Entry, action: Extract<PaneAction, { pane: unknown }>, now: number): void {
  const { name } = action.pane;
  const before = crashes.get(name);
  if (!action.crashed) crashes.delete(name);
  else crashes.set(name, { count: before && now - before.at < CRASH_MEMORY_MS ? before.count + 1 : 1, at: now });
}
