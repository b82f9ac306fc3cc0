import type { ShimsSpec } from '../../src/shims/shims.ts';
import type { Found, Look } from './look.ts';
import type { ShimsObservation } from './observation.ts';
import { machineOf } from './observe-container.ts';

export async function observeShims({ context, workspace }: Look, found: Found): Promise<ShimsObservation> {
  const { name, uid } = workspace.metadata;
  const { spec: machine, actual } = found.observation.container!;
  const spec: ShimsSpec = {
    uid,
    workspace: name,
    worktree: machine.worktree,
    visible: [...(machine.tmp === 'shared' ? ['/tmp'] : []), ...machine.mounts.map((mount) => mount.path)],
    commands: found.project.spec.commands,
    env: machine.env,
    machine: machineOf(actual!),
  };
  return { spec, upToDate: await context.shims.observe(spec) };
}
