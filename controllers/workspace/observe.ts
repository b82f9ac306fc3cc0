import type { Clone } from '../../src/drivers/source/driver.ts';
import { chooseDriver } from './choose-driver.ts';
import type { Found, Look } from './look.ts';
import { ObservationError } from './observation.ts';
import type { Observation, RouteObservation } from './observation.ts';
import { observeAddress } from './observe-address.ts';
import { observeClone } from './observe-clone.ts';
import { observeContainer, observeImage } from './observe-container.ts';
import { observeSession } from './observe-session.ts';
import { observeShims } from './observe-shims.ts';
import { classifyPorts } from './ports.ts';
import { cloneReady, containerReady, containerUpToDate, wantsMachine } from './predicates.ts';
import { routeKey, servedRoute } from './route.ts';

/**
 * Looks at everything that a Workspace is made of, as far as it exists and is wanted: what is to go or to rest needs no look at its
 * image, so that one that cannot be made keeps nobody from letting go. Changes nothing. @throws ObservationError
 */
export async function observe(look: Look): Promise<Observation> {
  const { context, workspace } = look;
  const project = context.api.projects.get(workspace.spec.project);
  const clone = await observeClone(look);
  const observation: Observation = { ...(project && { project }), address: observeAddress(look), clone };
  if (!project || !wantsMachine(workspace) || !cloneReady(workspace, observation)) return observation;
  const found = { project, observation, clone: observation.clone.state as Clone };
  await observeMachine(look, found);
  if (!containerReady(observation)) return observation;
  observation.shims = await part('session', observation, () => observeShims(look, found));
  observation.session = await part('session', observation, () => observeSession(look, found));
  observation.routes = observeRoutes(look, found);
  return observation;
}

/** The driver, the image and the machine; whether the image is there only when a machine has yet to be made of it. */
async function observeMachine(look: Look, found: Found): Promise<void> {
  const { context, workspace, previous } = look;
  const { project, observation } = found;
  observation.choice =
    previous?.choice ?? (await part('image', observation, () => chooseDriver(context, workspace, project)));
  const images = context.images[observation.choice.root];
  const image = await part('image', observation, () => observeImage(look, found));
  observation.image = image;
  observation.container = await part('container', observation, () => observeContainer(look, found));
  if (!containerUpToDate(observation)) {
    image.built = await part('image', observation, () => images.exists(image.plan));
  }
}

function observeRoutes({ memory, workspace }: Look, { project, observation }: Found): RouteObservation {
  const { guest, actual } = observation.container!;
  const ports = classifyPorts(guest.ports, project.spec.ports);
  const route = servedRoute(workspace, observation, { container: actual!, ports });
  const current = memory.published?.key === routeKey(route);
  return { ports, route, ...(current && { results: memory.published!.results }) };
}

async function part<T>(name: ObservationError['part'], observation: Observation, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    throw new ObservationError(name, observation, error);
  }
}
