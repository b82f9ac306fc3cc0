import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LABEL_INSTALL, LABEL_PROJECT } from '../../src/api/labels.ts';
import { createDocker } from '../../src/drivers/container/docker/create-docker.ts';
import { createImageBuilder } from '../../src/image/build.ts';
import type { ImageBuilder, ImageRequest } from '../../src/image/builder.ts';
import { silentLog } from '../../src/log/log.ts';
import { testCache } from '../support/guest-runtime.ts';

const docker = createDocker(process.env);

describe('image builder', () => {
  let root: string;
  let install: string;
  let builder: ImageBuilder;

  beforeAll(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
    install = path.basename(root).toLowerCase().replace('dual-', '');
    const options = { docker, cache: testCache, state: path.join(root, 'state'), install, isolated: true };
    builder = createImageBuilder({ ...options, log: silentLog, env: process.env });
  });

  afterAll(async () => {
    const images = await docker.listImages({ filters: { label: [`${LABEL_INSTALL}=${install}`] } });
    for (const tag of images.flatMap((image) => image.RepoTags ?? [])) await docker.getImage(tag).remove();
    await rm(root, { recursive: true });
  });

  async function request(project: string, files: Record<string, string>): Promise<ImageRequest> {
    const worktree = path.join(root, project);
    await mkdir(worktree, { recursive: true });
    for (const [name, content] of Object.entries(files)) await writeFile(path.join(worktree, name), content);
    return { project, worktree, base: 'debian:bookworm-slim', packages: [], setup: [] };
  }

  const pnpmRepo = {
    '.nvmrc': 'v22.11.0\n',
    'package.json': '{"name": "app"}',
    'pnpm-lock.yaml': "lockfileVersion: '9.0'\n",
  };

  it('makes an image that has what a pnpm repo asks for', async () => {
    const plan = await builder.plan(await request('one', pnpmRepo));
    expect(plan.ref).toBe(`dual/one-${install.slice(0, 6)}:${plan.inputsHash.slice(0, 12)}`);
    expect(await builder.exists(plan)).toBe(false);
    const progress: string[] = [];
    await builder.build(plan, { signal: new AbortController().signal, onProgress: (line) => progress.push(line) });
    expect(await builder.exists(plan)).toBe(true);
    expect(progress).toContainEqual(expect.stringMatching(/^step \d+\/\d+: installing node 22\.11\.0$/));

    const everyday = ['wget', 'make', 'fuser', 'killall', 'pstree', 'lsof', 'ss', 'netstat', 'pkill'];
    const look = ['sh', '-c', 'which "$@"; getent services https', 'sh', ...everyday];
    const found = (await execa('docker', ['run', '--rm', plan.ref, ...look])).stdout.split('\n');
    expect(found.map((line) => path.basename(line.split(' ')[0] ?? ''))).toEqual([...everyday, 'https']);

    const pnpm = plan.tools.find((tool) => tool.name === 'pnpm')?.version;
    const command =
      'node --version; pnpm --version; npx --version >/dev/null && echo npx; git --version; ps | grep -c sh';
    const { stdout } = await execa('docker', [
      'run',
      '--rm',
      '--user',
      '4321:4321',
      '-e',
      'HOME=/tmp',
      plan.ref,
      'sh',
      '-c',
      command,
    ]);
    expect(stdout.split('\n').slice(0, 3)).toEqual(['v22.11.0', pnpm, 'npx']);
    expect(pnpm).toMatch(/^10\./);
    expect((await docker.getImage(plan.ref).inspect()).Config.Labels).toMatchObject({
      [LABEL_INSTALL]: install,
      [LABEL_PROJECT]: 'one',
    });
    expect(await readdir(path.join(root, 'state/logs/images'))).toEqual([`${plan.inputsHash.slice(0, 12)}.log`]);
  });

  it('takes what another project of the same needs has made', async () => {
    const plan = await builder.plan(await request('two', pnpmRepo));
    const progress: string[] = [];
    await builder.build(plan, { signal: new AbortController().signal, onProgress: (line) => progress.push(line) });
    expect(await builder.exists(plan)).toBe(true);
    expect(progress.join()).not.toContain('installing');
    expect((await docker.getImage(plan.ref).inspect()).Config.Labels).toMatchObject({ [LABEL_PROJECT]: 'two' });
  });

  it('runs setup steps as they are written, and says which one failed', async () => {
    const asked = await request('three', {});
    const works = await builder.plan({ ...asked, setup: ['echo "a\nb" >/made', 'test "$(wc -l </made)" = 2'] });
    await builder.build(works, { signal: new AbortController().signal, onProgress: () => undefined });
    expect(await builder.exists(works)).toBe(true);

    const fails = await builder.plan({ ...asked, setup: ['echo looking for it; exit 3'] });
    const build = builder.build(fails, { signal: new AbortController().signal, onProgress: () => undefined });
    const error = await build.then(
      () => undefined,
      (reason: Error) => reason,
    );
    expect(error).toMatchObject({ name: 'StalledError', reason: 'BuildFailed' });
    expect(error?.message).toMatch(/running setup step 1\) failed/);
    expect(error?.message).toContain('looking for it');
    const [logFile] = /\/\S+\.log$/m.exec(error?.message ?? '') ?? [];
    expect(await readFile(logFile ?? '', 'utf8')).toContain('looking for it');
    expect(await builder.exists(fails)).toBe(false);
  });

  it('leaves nothing when it is stopped in the middle', async () => {
    const asked = await request('four', {});
    const plan = await builder.plan({ ...asked, setup: ['echo at it; sleep 60'] });
    const stop = new AbortController();
    const stopped = new Error('stopped');
    const build = builder.build(plan, {
      signal: stop.signal,
      onProgress: (line) => line.includes('setup step 1') && stop.abort(stopped),
    });
    await expect(build).rejects.toBe(stopped);
    expect(await builder.exists(plan)).toBe(false);
    expect(existsSync(path.join(root, 'state'))).toBe(true);
  });

  it('says what to do when the base image cannot be had', async () => {
    const asked = await request('five', {});
    const plan = await builder.plan({ ...asked, base: 'localhost:9/no-such-image:1' });
    const build = builder.build(plan, { signal: new AbortController().signal, onProgress: () => undefined });
    await expect(build).rejects.toMatchObject({ name: 'StalledError', reason: 'BaseImageMissing' });
    await expect(build).rejects.toThrow('docker pull localhost:9/no-such-image:1');
  });
});
