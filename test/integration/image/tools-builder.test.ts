import { mkdir, mkdtemp, readdir, readlink, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createImagePlanner } from '../../../src/image/plan.ts';
import { createToolsBuilder } from '../../../src/image/tools/tools-builder.ts';
import type { BuildOptions, ImageBuilder, ImagePlan, ImageRequest } from '../../../src/image/builder.ts';
import { packageRoot } from '../../../src/config/package-root.ts';
import { eventually } from '../../support/eventually.ts';
import { testCache } from '../../support/guest-runtime.ts';

const otherProcess = fileURLToPath(import.meta.resolve('../../support/build-tools.ts'));
/** The first of them may have to fetch a Node. */
const FETCHING = 5 * 60_000;

describe('directories of tools', { timeout: FETCHING }, () => {
  let root: string;
  let cache: string;
  let state: string;
  let builder: ImageBuilder;

  beforeAll(async () => {
    await mkdir(path.join(testCache, 'npm'), { recursive: true });
    // On the file system of what was fetched before.
    root = await mkdtemp(path.join(testCache, 'tools-'));
    cache = path.join(root, 'cache');
    state = path.join(root, 'state');
    await mkdir(cache);
    await symlink(path.join(testCache, 'npm'), path.join(cache, 'npm'));
    builder = createToolsBuilder({ cache, state, env: process.env });
  });
  afterAll(() => rm(root, { recursive: true }));

  async function request(project: string, files: Record<string, string>): Promise<ImageRequest> {
    const worktree = path.join(root, project);
    await mkdir(worktree, { recursive: true });
    for (const [name, content] of Object.entries(files)) await writeFile(path.join(worktree, name), content);
    return { project, worktree, base: 'debian:bookworm-slim', packages: [], setup: [] };
  }

  const yarnRepo = { '.nvmrc': 'v22.11.0\n', 'package.json': '{}', 'yarn.lock': '# yarn lockfile v1\n' };
  const building = (changes: Partial<BuildOptions> = {}): BuildOptions => ({
    signal: new AbortController().signal,
    onProgress: () => undefined,
    ...changes,
  });
  const temporaries = async (): Promise<string[]> =>
    (await readdir(path.join(cache, 'tools'))).filter((name) => name.startsWith('.tmp-'));
  const versionOf = (plan: ImagePlan, name: string): string | undefined =>
    plan.tools.find((tool) => tool.name === name)?.version;

  it('hold what the repo asks for, ready to run, and share it with the cache', async () => {
    const plan = await builder.plan(await request('one', yarnRepo));
    expect(plan.ref).toBe(path.join(cache, 'tools', `one-${plan.inputsHash.slice(0, 12)}`));
    expect(await builder.exists(plan)).toBe(false);
    const progress: string[] = [];
    await builder.build(plan, building({ onProgress: (line) => progress.push(line) }));
    expect(await builder.exists(plan)).toBe(true);
    const wanted = `node 22.11.0, npm ${versionOf(plan, 'npm')}, yarn ${versionOf(plan, 'yarn')}`;
    expect(progress).toEqual([`fetching ${wanted}`]);

    const env = { PATH: `${plan.ref}/bin:/usr/bin:/bin`, HOME: root };
    const run = async (command: string): Promise<string> =>
      (await execa(`${plan.ref}/bin/${command}`, ['--version'], { env, extendEnv: false, cwd: root })).stdout;
    expect(await run('node')).toBe('v22.11.0');
    expect(await run('npm')).toBe(versionOf(plan, 'npm'));
    expect(await run('npx')).toBe(versionOf(plan, 'npm'));
    expect(await run('yarn')).toBe(versionOf(plan, 'yarn'));

    const fetched = await stat(path.join(testCache, 'npm', `node-linux-${process.arch}-22.11.0`, 'bin/node'));
    expect((await stat(`${plan.ref}/bin/node`)).ino).toBe(fetched.ino);
    expect(await readdir(plan.ref)).toEqual(['bin', 'lib']);
    // As links they hide the host's own where this is laid over its /usr/local; as directories they would be merged with them.
    for (const name of ['npm', 'yarn']) {
      expect(await readlink(`${plan.ref}/lib/node_modules/${name}`)).toBe(`../dual-packages/${name}`);
    }
    expect(await temporaries()).toEqual([]);
    await builder.build(plan, building({ onProgress: (line) => progress.push(line) }));
    expect(progress).toHaveLength(1);
  });

  it('follow from tools alone, with the versions that images of the project have', async () => {
    const asked = await request('two', yarnRepo);
    const plan = await builder.plan(asked);
    const others = { ...asked, base: 'debian:trixie', packages: ['b', 'a'], setup: ['true'] };
    expect((await builder.plan(others)).ref).toBe(plan.ref);
    expect((await builder.plan(others)).lacking.map(({ cause }) => cause)).toContain('spec.image.base');
    await writeFile(path.join(asked.worktree, '.nvmrc'), '22.10.0');
    expect((await builder.plan(asked)).inputsHash).not.toBe(plan.inputsHash);

    const images = createImagePlanner({
      ...{ cache, state, env: process.env, install: 'abcdef', isolated: false },
      ...{ architecture: process.arch as 'x64' | 'arm64', certificates: async () => [] },
    });
    expect((await images.plan(asked)).tools).toEqual((await builder.plan(asked)).tools);
  });

  it('are none when the repo asks for no tool', async () => {
    const plan = await builder.plan(await request('three', { 'compose.yaml': 'services: {db: {image: mongo}}' }));
    expect(plan).toMatchObject({ ref: '', tools: [], lacking: [{ what: 'MongoDB' }] });
    expect(await builder.exists(plan)).toBe(true);
    await builder.build(plan, building());
    expect((await readdir(path.join(cache, 'tools'))).filter((name) => name.startsWith('three'))).toEqual([]);
  });

  it('hold newer yarns too, which have a scope', async () => {
    const manifest = { 'package.json': '{"packageManager": "yarn@4.5.0"}' };
    const plan = await builder.plan(await request('scoped', { ...yarnRepo, ...manifest }));
    await builder.build(plan, building());
    expect(await readlink(`${plan.ref}/lib/node_modules/@yarnpkg/cli-dist`)).toBe(
      '../../dual-packages/@yarnpkg/cli-dist',
    );
    const env = { PATH: `${plan.ref}/bin:/usr/bin:/bin`, HOME: root, YARN_ENABLE_TELEMETRY: '0' };
    const { stdout } = await execa('yarn', ['--version'], { env, extendEnv: false, cwd: root });
    expect(stdout).toBe('4.5.0');
  });

  it('are made by several processes at once', async () => {
    const asked = await request('four', yarnRepo);
    const args = ['--import', 'tsx', otherProcess, state, cache, 'four', asked.worktree];
    const plan = await builder.plan(asked);
    const others = [1, 2].map(() => execa(process.execPath, args, { cwd: packageRoot() }));
    const [first, second] = await Promise.all([...others, builder.build(plan, building())]);
    expect([first?.stdout, second?.stdout]).toEqual([plan.ref, plan.ref]);
    expect(await temporaries()).toEqual([]);
    expect((await stat(`${plan.ref}/bin/yarn`)).isFile()).toBe(true);
  });

  it('are not there at all when the making is stopped', async () => {
    const plan = await builder.plan(await request('five', yarnRepo));
    const stop = new AbortController();
    const stopped = new Error('stopped');
    const build = builder.build(plan, building({ signal: stop.signal, onProgress: () => stop.abort(stopped) }));
    await expect(build).rejects.toBe(stopped);
    expect(await builder.exists(plan)).toBe(false);
    await eventually(async () => expect(await temporaries()).toEqual([]));
    await builder.build(plan, building());
    expect(await builder.exists(plan)).toBe(true);
  });

  it('take what others have left half-made away', async () => {
    const abandoned = path.join(cache, 'tools/.tmp-abandoned');
    await mkdir(path.join(abandoned, 'tools/bin'), { recursive: true });
    await utimes(abandoned, new Date(0), new Date(0));
    await mkdir(path.join(cache, 'tools/.tmp-young'));
    await builder.build(await builder.plan(await request('six', yarnRepo)), building());
    expect(await temporaries()).toEqual(['.tmp-young']);
  });
});
