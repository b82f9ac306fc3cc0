import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { git, makeRepo } from '../support/app-repo.ts';
import { createInstance } from '../support/instance.ts';
import type { Instance } from '../support/instance.ts';
import { SERVER_FILES, SERVER_PANES, project, workspace } from '../support/objects.ts';

const BRANCHES = ['main', 'feat/a', 'feat/b'];
const PROJECTS = ['p1', 'p2', 'p3', 'p4', 'p5'];
const FLEET = PROJECTS.flatMap((name) =>
  BRANCHES.map((branch) => ({ project: name, branch, name: `${name}-${branch.replace('/', '-')}` })),
);

let dual: Instance;

beforeAll(async () => {
  dual = await createInstance();
});

afterAll(() => dual.destroy());

/** A repo whose branches differ in what they serve. */
function repoOf(name: string): string {
  const repo = makeRepo(path.join(dual.home, 'repos', name), SERVER_FILES, BRANCHES.slice(1));
  for (const branch of BRANCHES) {
    git(repo, 'checkout', '--quiet', branch);
    writeFileSync(path.join(repo, 'content'), `${name} on ${branch}\n`);
    git(repo, 'commit', '--quiet', '--all', '--message', `Say ${branch}`);
  }
  git(repo, 'checkout', '--quiet', 'main');
  return repo;
}

describe('fifteen workspaces from one directory', () => {
  it('are all Ready at once, and each URL on the same port answers with its own branch', async () => {
    for (const name of PROJECTS) {
      const members = FLEET.filter((member) => member.project === name);
      dual.manifest(
        `${name}.yaml`,
        project(name, { source: { path: repoOf(name) }, session: SERVER_PANES }),
        ...members.map((member) => workspace(member.name, { project: name, branch: member.branch })),
      );
    }
    await eventually(
      async () =>
        expect(JSON.parse((await dual.dualctl(['get', 'workspaces', '-o', 'json'])).stdout)).toHaveProperty(
          'items.length',
          15,
        ),
      { timeout: 30_000 },
    );
    const waited = await dual.dualctl(['wait', '--for=condition=Ready', 'workspace', '--all', '--timeout=300s']);
    expect(waited).toMatchObject({ code: 0 });
    for (const { name, project: of, branch } of FLEET) {
      const { body } = await eventually(
        async () => {
          const answer = await dual.fetch(`http://${name}.localhost:3000/`);
          expect(answer.status).toBe(200);
          return answer;
        },
        { timeout: 60_000, interval: 200 },
      );
      expect(body).toBe(`${of} on ${branch}\n${name}.localhost:3000`);
    }
    expect(dual.machines(false)).toHaveLength(15);
  });
});
