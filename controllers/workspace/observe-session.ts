import { findSession } from './choose-backend.ts';
import type { Found, Look } from './look.ts';
import type { SessionObservation } from './observation.ts';
import { machineOf } from './observe-container.ts';
import { crashLooping, paneActions, paneSpec } from './panes.ts';

export async function observeSession(look: Look, { project, observation, clone }: Found): Promise<SessionObservation> {
  const { context, workspace, memory } = look;
  const { name } = workspace.metadata;
  const { backend, actual, strays } = await findSession(context, workspace, project);
  const pane = { workspace: name, target: machineOf(observation.container!.actual!), host: context.host };
  const panes = project.spec.session.panes.map((entry) => ({ pane: entry, spec: paneSpec(entry, pane) }));
  const crashes = (paneName: string): number => memory.crashes.get(paneName)?.count ?? 0;
  const actions = actual ? paneActions(panes, actual, { now: context.clock.now(), crashes }) : [];
  return {
    name,
    backend,
    strays,
    specHash: clone.identity,
    panes: panes.map(({ spec }) => spec),
    ...(actual && { actual }),
    actions,
    crashLooping: crashLooping(actions, crashes),
  };
}
