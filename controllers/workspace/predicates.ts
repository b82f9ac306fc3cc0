import { ANNOTATION_REQUESTED } from '../../src/api/labels.ts';
import type { Workspace } from '../../src/api/types.ts';
import type { Observation } from './observation.ts';

/** Pure questions to an observation; the guards of the machine and the conditions of the status ask the same ones. */

/** Whether there is to be a machine at all. */
export function wantsMachine({ metadata, spec }: Workspace): boolean {
  if (metadata.deletionTimestamp !== undefined || spec.state === 'Stopped') return false;
  return spec.state !== 'Lazy' || metadata.annotations?.[ANNOTATION_REQUESTED] !== undefined;
}

export function cloneReady(object: Workspace, { clone }: Observation): boolean {
  return clone.state.kind === 'clone' && clone.state.owner === object.metadata.name;
}

/** A machine that is up to date needs no image any more, so a pruned image does no harm to it. */
export function imageReady(observation: Observation): boolean {
  return observation.image?.built === true || containerUpToDate(observation);
}

export function containerUpToDate({ container }: Observation): boolean {
  return container?.actual !== undefined && container.actual.specHash === container.spec.specHash;
}

export function containerReady(observation: Observation): boolean {
  return machineAnswers(observation) && observation.container?.tmpDirReady === true;
}

export function machineAnswers(observation: Observation): boolean {
  const { container } = observation;
  return containerUpToDate(observation) && container?.actual?.running === true && container.guest.answering;
}

export function shimsReady({ shims }: Observation): boolean {
  return shims?.upToDate === true;
}

export function sessionReady({ session }: Observation): boolean {
  if (!session?.actual || session.actual.specHash !== session.specHash || session.strays.length > 0) return false;
  return session.actions.every((action) => action.dueIn > 0);
}

export function routePublished({ routes }: Observation): boolean {
  return routes?.results !== undefined;
}

/** Only what should have a URL counts: plain TCP is reached by other means too. */
function portsTaken({ routes }: Observation): boolean {
  return routes?.results?.http.some((result) => !result.listening) ?? false;
}

/** Everything is there, and yet something does not work. */
export function impaired(observation: Observation): boolean {
  return portsTaken(observation) || (observation.session?.crashLooping.length ?? 0) > 0;
}
