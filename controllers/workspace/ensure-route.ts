import { announcedRoute, routeKey } from './route.ts';
import type { StepInput } from './step-input.ts';

/** Has the proxy serve every port that can be reached. */
export async function ensureRoute({ context, memory, observation }: StepInput): Promise<void> {
  const { route } = observation.routes!;
  memory.published = { key: routeKey(route), results: await context.routes.publish(route) };
}

/** Has the proxy say why nothing answers. The workspace does not depend on it, so a failure is logged and no more. */
export async function announceRoute({ context, memory, workspace, observation }: StepInput): Promise<void> {
  const route = announcedRoute(workspace, observation);
  const key = routeKey(route);
  try {
    if (memory.published?.key !== key) memory.published = { key, results: await context.routes.publish(route) };
    observation.announced = memory.published.results;
  } catch (error) {
    context.log.warn({ workspace: route.workspace, err: error }, 'the proxy was not told');
  }
}

export async function withdrawRoute({ context, memory, workspace }: StepInput): Promise<void> {
  await context.routes.withdraw(workspace.metadata.name);
  delete memory.published;
}
