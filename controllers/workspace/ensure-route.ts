import type { Container } from '../../src/drivers/container/driver.ts';
import type { Route } from '../../src/proxy/routes.ts';
import type { ClassifiedPort } from './ports.ts';
import type { StepInput } from './step-input.ts';

/** All that a published route depends on. */
export function routeKey(container: Container, ports: readonly ClassifiedPort[]): string {
  return JSON.stringify([container.guest, routedPorts(ports)]);
}

/** Has the proxy serve every port that belongs on the host. */
export async function ensureRoute({ context, memory, workspace, observation }: StepInput): Promise<void> {
  const container = observation.container!.actual!;
  const { ports } = observation.routes!;
  const results = await context.routes.publish({
    workspace: workspace.metadata.name,
    endpoint: container.guest,
    ports: routedPorts(ports),
    state: { phase: 'Ready', message: 'the workspace runs, but nothing answers on this port' },
  });
  memory.published = { key: routeKey(container, ports), results };
}

/** Has the proxy say why nothing answers. The workspace does not depend on it, so a failure is logged and no more. */
export async function announceRoute(input: StepInput): Promise<void> {
  const { context, memory, workspace } = input;
  const route: Route = { workspace: workspace.metadata.name, ports: [], state: announcement(input) };
  const key = JSON.stringify(route);
  if (memory.published?.key === key) return;
  try {
    memory.published = { key, results: await context.routes.publish(route) };
  } catch (error) {
    context.log.warn({ workspace: route.workspace, err: error }, 'the proxy was not told');
  }
}

export async function withdrawRoute({ context, memory, workspace }: StepInput): Promise<void> {
  await context.routes.withdraw(workspace.metadata.name);
  delete memory.published;
}

function announcement({ state, workspace }: StepInput): Route['state'] {
  const { name } = workspace.metadata;
  if (state === 'stopped') return { phase: 'Stopped', message: `it is stopped; start it with: dual start ${name}` };
  if (state === 'lazy')
    return { phase: 'Lazy', message: `it is made when it is first used, for instance with: dual attach ${name}` };
  return { phase: 'Starting', message: `it is being made; follow it with: dualctl describe workspace ${name}` };
}

function routedPorts(ports: readonly ClassifiedPort[]): number[] {
  return ports.filter(({ refusal }) => refusal === undefined).map(({ port }) => port);
}
