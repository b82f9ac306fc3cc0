import { WORKSPACES } from '../../../api/scheme.ts';
import type { Workspace } from '../../../api/types.ts';
import type { Client } from '../../../client/client.ts';
import { isApiError } from '../../../errors/api-error.ts';
import type { Context } from '../../shared/context.ts';
import { CliError } from '../../shared/errors.ts';
import { workspaceAt } from './at-directory.ts';
import { nearNames } from './near-names.ts';

export type Reader = Pick<Client, 'get' | 'list'>;
type Place = Pick<Context, 'cwd' | 'paths'>;

/** The Workspace of that name, or the one of the current directory. @throws CliError that lists near names */
export async function findWorkspace(reader: Reader, place: Place, name: string | undefined): Promise<Workspace> {
  if (name !== undefined) return getWorkspace(reader, place, name);
  const workspaces = await listWorkspaces(reader);
  const here = await workspaceAt(place.cwd, workspaces);
  if (here) return here;
  throw new CliError(
    `${place.cwd} is in no workspace; go to one's directory, or name one: ${among(place, workspaces)}`,
  );
}

/** @throws CliError that lists near names */
export async function getWorkspace(reader: Reader, place: Place, name: string): Promise<Workspace> {
  const found = await tryGetWorkspace(reader, name);
  if (found) return found;
  const workspaces = await listWorkspaces(reader);
  const near = nearNames(
    name,
    workspaces.map((workspace) => workspace.metadata.name),
  );
  const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `there is ${among(place, workspaces)}`;
  throw new CliError(`workspace "${name}" not found; ${hint}`);
}

/**
 * For commands that take `[WORKSPACE] [THING]`: a single word is a Workspace's name where there is one of that name, and else
 * a thing of the current directory's.
 */
export async function findWorkspaceAnd(
  reader: Reader,
  place: Place,
  words: readonly (string | undefined)[],
): Promise<{ workspace: Workspace; thing: string | undefined }> {
  const [first, second] = words;
  if (first === undefined || second !== undefined) {
    return { workspace: await findWorkspace(reader, place, first), thing: second };
  }
  const named = await tryGetWorkspace(reader, first);
  if (named) return { workspace: named, thing: undefined };
  const here = await workspaceAt(place.cwd, await listWorkspaces(reader));
  if (here) return { workspace: here, thing: first };
  return { workspace: await getWorkspace(reader, place, first), thing: undefined };
}

/** By name. */
export async function listWorkspaces(reader: Reader): Promise<Workspace[]> {
  const { items } = await reader.list<Workspace>(WORKSPACES);
  return items.sort((a, b) => a.metadata.name.localeCompare(b.metadata.name));
}

async function tryGetWorkspace(reader: Reader, name: string): Promise<Workspace | undefined> {
  try {
    return await reader.get<Workspace>(WORKSPACES, name);
  } catch (error) {
    if (isApiError(error, 'NotFound')) return undefined;
    throw error;
  }
}

function among({ paths }: Place, workspaces: readonly Workspace[]): string {
  const names = workspaces.map((workspace) => workspace.metadata.name);
  if (names.length === 0) return `none yet; put a manifest of one into ${paths.manifests}`;
  return names.length > 20 ? `${names.slice(0, 20).join(', ')} and ${names.length - 20} more` : names.join(', ');
}
