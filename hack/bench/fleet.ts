import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Workspace } from '../../src/api/types.ts';
import { WORKSPACES } from '../../src/api/scheme.ts';
import { createClient } from '../../src/client/http-client.ts';
import type { Instance } from '../../test/support/instance.ts';
import { makeRepo } from '../../test/support/app-repo.ts';

const PROJECTS = ['p1', 'p2', 'p3', 'p4', 'p5'];
const BRANCHES = ['main', 'feat/a', 'feat/b'];

export interface Member {
  project: string;
  branch: string;
  name: string;
}

/** Five repos with three branches each: fifteen workspaces. */
export const FLEET: Member[] = PROJECTS.flatMap((project) =>
  BRANCHES.map((branch) => ({ project, branch, name: `${project}-${branch.replaceAll('/', '-')}` })),
);

const SERVER = `
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const head = fs.readFileSync('.git/HEAD', 'utf8').trim().replace('ref: refs/heads/', '');
require('node:http').createServer((_q, r) => r.end(process.cwd() + ' ' + head + '\\n')).listen(3000, '127.0.0.1');
`;

export function makeRepos(dir: string): void {
  mkdirSync(dir, { recursive: true });
  for (const project of PROJECTS) {
    const files = {
      'server.js': SERVER,
      '.nvmrc': '22.23.3\n',
      'package.json': JSON.stringify({ name: project, private: true }),
    };
    makeRepo(path.join(dir, project), files, BRANCHES.slice(1));
  }
}

/** A manifest file per project, with its workspaces. Clones go with their workspaces, so that every round starts from nothing. */
export function writeManifests(instance: Instance, repos: string): void {
  const api = { apiVersion: 'dual.dev/v1alpha1' };
  for (const project of PROJECTS) {
    const panes = [
      { name: 'dev', command: 'node server.js', on: 'container', restart: 'OnFailure' },
      { name: 'shell' },
    ];
    instance.manifest(
      `${project}.yaml`,
      {
        ...api,
        kind: 'Project',
        metadata: { name: project },
        spec: { source: { path: path.join(repos, project) }, session: { panes } },
      },
      ...FLEET.filter((member) => member.project === project).map(({ name, branch }) => ({
        ...api,
        kind: 'Workspace',
        metadata: { name },
        spec: { project, branch, deletionPolicy: 'Delete' },
      })),
    );
  }
}

/** Milliseconds from now until `count` workspaces hold what is asked for, as the API tells it. */
export async function until(
  instance: Instance,
  count: number,
  holds: (workspace: Workspace) => boolean,
): Promise<number> {
  const start = performance.now();
  const client = createClient(instance.paths.apiSocket);
  const controller = new AbortController();
  const done = new Set<string>();
  try {
    const { items, metadata } = await client.list<Workspace>(WORKSPACES);
    for (const item of items) if (holds(item)) done.add(item.metadata.name);
    if (done.size >= count) return performance.now() - start;
    for await (const { object } of client.watch<Workspace>(WORKSPACES, {
      resourceVersion: metadata.resourceVersion,
      signal: controller.signal,
    })) {
      if (holds(object)) done.add(object.metadata.name);
      else done.delete(object.metadata.name);
      if (done.size >= count) return performance.now() - start;
    }
    throw new Error('the watch has ended');
  } finally {
    controller.abort();
    await client.close();
  }
}

export function isReady(workspace: Workspace): boolean {
  return workspace.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

export function isServed(workspace: Workspace): boolean {
  return isReady(workspace) && (workspace.status?.ports?.some(({ port, routed }) => port === 3000 && routed) ?? false);
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
