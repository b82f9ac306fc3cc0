import type { PaneStatus, WorkspaceStatus } from '../../src/api/types.ts';
import type { PaneState } from '../../src/drivers/session/driver.ts';
import type { Observation } from './observation.ts';

/** `status.session`; undefined before there is a machine to have one for. */
export function sessionStatus({ session }: Observation): WorkspaceStatus['session'] {
  if (!session) return undefined;
  const { name, backend, actual } = session;
  if (!actual) return { backend, name, state: 'Stopped', panes: [] };
  const state = actual.attached > 0 ? 'Attached' : 'Background';
  return { backend, name, state, panes: actual.panes.map(paneStatus) };
}

function paneStatus({ name, running, exitCode, restarts }: PaneState): PaneStatus {
  return { name, running, exitCode: running ? null : (exitCode ?? null), restarts };
}
