import { REASON } from '../../src/api/conditions.ts';
import type { Project, Workspace } from '../../src/api/types.ts';
import type { ContainerDriver } from '../../src/drivers/container/driver.ts';
import { RetryError } from '../../src/errors/reconcile-errors.ts';
import type { WorkspaceContext } from './context.ts';
import type { DriverChoice } from './observation.ts';

/**
 * The driver that the Project names; with `auto` the one that the Workspace has had so far, else the first that answers. So a
 * Workspace stays where it is when an engine comes or goes. @throws RetryError DriverUnavailable when none answers
 */
export async function chooseDriver(
  context: WorkspaceContext,
  workspace: Workspace,
  project: Project,
): Promise<DriverChoice> {
  const { containers } = context.drivers;
  const wanted = project.spec.container.driver;
  const recorded = workspace.status?.container?.driver;
  const former = recorded === undefined ? {} : { former: recorded };
  if (wanted !== 'auto') {
    const { name, root } = containerDriver(context, wanted);
    return { name, root, why: `named by Project ${project.metadata.name}`, ...former };
  }
  const known = containers.find(({ name }) => name === recorded);
  const { name, root } = known ?? (await firstAvailable(context, workspace));
  return { name, root, why: whyAuto(containers, name), ...former };
}

export function containerDriver({ drivers }: WorkspaceContext, name: string): ContainerDriver {
  const driver = drivers.containers.find((candidate) => candidate.name === name);
  if (driver) return driver;
  throw new RetryError(REASON.driverUnavailable, `this version of Dual has no container driver ${name}`);
}

/** Drivers that may hold a machine of that Workspace: the one on record, and whichever answers besides. */
export async function possibleDrivers({ drivers }: WorkspaceContext, workspace: Workspace): Promise<ContainerDriver[]> {
  const recorded = workspace.status?.container?.driver;
  const asked = drivers.containers.map(async (driver) => driver.name === recorded || (await driver.probe()).available);
  const answers = await Promise.all(asked);
  return drivers.containers.filter((_, index) => answers[index]);
}

/** A machine that is there already, as after a crash before the choice was written down, comes first. */
async function firstAvailable({ drivers, api }: WorkspaceContext, workspace: Workspace): Promise<ContainerDriver> {
  const { containers } = drivers;
  const probes = await Promise.all(containers.map((driver) => driver.probe()));
  const available = containers.filter((_, index) => probes[index]?.available);
  const messages = containers.map(({ name }, index) => `${name}: ${probes[index]?.message ?? ''}`);
  const machines = await Promise.all(available.map((driver) => driver.inspect(workspace.metadata.uid)));
  const chosen = available.find((_, index) => machines[index]) ?? available[0];
  if (!chosen) throw new RetryError(REASON.driverUnavailable, `nothing can run the machine. ${messages.join('. ')}`);
  api.recorder.event(
    workspace,
    'Normal',
    REASON.driverChosen,
    `driver ${chosen.name} is taken (${messages.join('; ')})`,
  );
  return chosen;
}

function whyAuto([preferred]: readonly ContainerDriver[], name: string): string {
  if (preferred === undefined || preferred.name === name) return `auto, which takes ${name} where it answers`;
  return `auto, since ${preferred.name} did not answer when it was chosen`;
}
