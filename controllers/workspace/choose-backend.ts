import { REASON } from '../../src/api/conditions.ts';
import type { Project, Workspace } from '../../src/api/types.ts';
import type { Session, SessionDriver } from '../../src/drivers/session/driver.ts';
import { RetryError } from '../../src/errors/reconcile-errors.ts';
import type { WorkspaceContext } from './context.ts';

/** Where the session of a Workspace belongs, and where else one of its own was found. */
export interface FoundSession {
  backend: string;
  actual?: Session;
  /** Backends that hold a session of it and should not. */
  strays: string[];
}

/**
 * The backend that the Project names; with `auto` the one that holds the session, else the first that is available.
 * @throws RetryError SessionUnavailable
 */
export async function findSession(
  context: WorkspaceContext,
  workspace: Workspace,
  project: Project,
): Promise<FoundSession> {
  const wanted = project.spec.session.backend;
  const available = await availableBackends(context);
  const found = await Promise.all(
    available.map(async (driver) => ({ driver, session: await driver.getSession(workspace.metadata.name) })),
  );
  const holding = found.filter(({ session }) => session !== undefined);
  const chosen =
    wanted === 'auto'
      ? (holding[0] ?? found[0])
      : (found.find(({ driver }) => driver.name === wanted) ?? (await refuse(context, wanted)));
  if (!chosen) return refuse(context, undefined);
  const strays = holding.filter(({ driver }) => driver !== chosen.driver).map(({ driver }) => driver.name);
  return { backend: chosen.driver.name, ...(chosen.session && { actual: chosen.session }), strays };
}

export function sessionDriver({ drivers }: WorkspaceContext, name: string): SessionDriver {
  const driver = drivers.sessions.find((candidate) => candidate.name === name);
  if (driver) return driver;
  throw new RetryError(REASON.noSessionDriver, `this version of Dual has no session backend ${name}`);
}

/** Ends the sessions of that Workspace wherever there is one. */
export async function destroySessions(context: WorkspaceContext, { metadata }: Workspace): Promise<void> {
  for (const driver of await availableBackends(context)) {
    const session = await driver.getSession(metadata.name);
    if (session?.owner.uid === metadata.uid) await driver.destroy(metadata.name);
  }
}

async function availableBackends({ drivers }: WorkspaceContext): Promise<SessionDriver[]> {
  const probes = await Promise.all(drivers.sessions.map((driver) => driver.probe()));
  return drivers.sessions.filter((_, index) => probes[index]?.available);
}

async function refuse(context: WorkspaceContext, wanted: string | undefined): Promise<never> {
  const asked = context.drivers.sessions.filter(({ name }) => wanted === undefined || name === wanted);
  const probes = await Promise.all(asked.map(async (driver) => `${driver.name}: ${(await driver.probe()).message}`));
  const what =
    wanted === undefined ? 'nothing can hold the session' : `the Project names a backend that cannot be used`;
  throw new RetryError(REASON.noSessionDriver, `${what}. ${probes.join('. ')}`);
}
