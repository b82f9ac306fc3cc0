import semver from 'semver';
import type { Tool } from './builder.ts';
import type { Requirement } from './requirement.ts';
import { unknownVersion } from './unknown-version.ts';

export type Architecture = 'x64' | 'arm64';

/** Asks for the versions of a package in the npm registry, as of at most that many milliseconds ago (a day when left out). */
export type VersionsOf = (packageName: string, maxAge?: number) => Promise<string[]>;

/** One requirement as one exact version. @throws StalledError UnknownVersion */
export type Resolve = (requirement: Requirement) => Promise<Tool>;

/** Milliseconds: a version that a fresh list lacks does not exist; one that an older list lacks may have come since. */
const FRESH = 10 * 60_000;

/** Every requirement as one exact version, npm's included, which comes with Node. @throws StalledError UnknownVersion */
export async function resolveTools(requirements: Requirement[], resolve: Resolve): Promise<Tool[]> {
  const tools = await Promise.all(requirements.map(resolve));
  const node = tools.find((tool) => tool.name === 'node');
  if (node && !tools.some((tool) => tool.name === 'npm')) tools.push(await resolve(npmFor(node)));
  return tools.sort((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name));
}

/** In the order of the image's layers: what changes least comes first. */
const ORDER: Tool['name'][] = ['node', 'npm', 'pnpm', 'yarn'];

/** The npm that Node itself comes with, by Node's major: the first line that is not above it counts. */
const NPM_BY_NODE: [node: number, npm: string][] = [
  [24, '11'],
  [18, '10'],
  [16, '8'],
  [0, '6'],
];

function npmFor(node: Tool): Requirement {
  const range = NPM_BY_NODE.find(([major]) => semver.major(node.version) >= major)?.[1] ?? '6';
  return { tool: 'npm', range, asked: `npm ${range}`, cause: node.cause };
}

/** Resolves by the registry's lists. */
export function createResolver(versionsOf: VersionsOf, architecture: Architecture): Resolve {
  return async (requirement) => {
    const wanted = packageOf(requirement, architecture);
    const version =
      pickVersion(await versionsOf(wanted), requirement) ?? pickVersion(await versionsOf(wanted, FRESH), requirement);
    if (version !== undefined) return { name: requirement.tool, version, cause: requirement.cause };
    const newest = pickVersion(await versionsOf(wanted), { range: '*' });
    const why = `the npm registry has no such ${requirement.tool}; its newest is ${newest ?? 'unknown'}`;
    throw unknownVersion(requirement.cause, requirement.asked || requirement.range, why);
  };
}

/** The newest in the range, of the preferred ones when there are some. Prereleases only when asked for exactly. Pure. */
export function pickVersion(
  versions: string[],
  requirement: Pick<Requirement, 'range' | 'prefer'>,
): string | undefined {
  const { range, prefer } = requirement;
  if (semver.valid(range)) return versions.find((version) => semver.eq(version, range));
  const preferred = prefer === undefined ? [] : versions.filter((version) => semver.satisfies(version, prefer));
  return semver.maxSatisfying(preferred, range) ?? semver.maxSatisfying(versions, range) ?? undefined;
}

/** Name in the npm registry of the package that has this tool. */
export function packageName(tool: Tool['name'], version: string, architecture: Architecture): string {
  if (tool === 'node') return `node-linux-${architecture}`;
  if (tool === 'yarn' && semver.major(version) >= 2) return '@yarnpkg/cli-dist';
  return tool;
}

function packageOf(requirement: Requirement, architecture: Architecture): string {
  return packageName(requirement.tool, semver.minVersion(requirement.range)?.version ?? '0.0.0', architecture);
}
