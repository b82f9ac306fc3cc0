import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { daemonStatus } from '../../src/daemon/start.ts';
import { eventually } from '../support/eventually.ts';
import { makeRepo } from '../support/app-repo.ts';
import { DRIVER } from '../support/driver.ts';
import { createInstance } from '../support/instance.ts';
import type { Instance } from '../support/instance.ts';
import { SERVER_FILES, SERVER_PANES, project, workspace } from '../support/objects.ts';

const MAKING = [
  'announceRoute',
  'ensureClone',
  'ensureImage',
  'ensureContainer',
  'ensureShims',
  'ensureSession',
  'ensureRoute',
];
const UNMAKING = ['withdrawRoute', 'endJobs', 'removeSession', 'removeContainer', 'releaseClone', 'dropFinalizer'];

let dual: Instance;
let repo: string;
let images = 0;

beforeAll(async () => {
  dual = await createInstance({ start: false });
  repo = makeRepo(path.join(dual.home, 'repos/app'), SERVER_FILES);
  declareProject();
});

function declareProject(...setup: string[]): void {
  dual.manifest('app.yaml', project('app', { source: { path: repo }, session: SERVER_PANES, image: { setup } }));
}

/** Has the image, or the directory of tools, made anew with the next machine. */
function needImage(): void {
  declareProject(`echo ${images}`);
  const tools = path.join(dual.paths.cache, 'tools');
  if (!existsSync(tools)) return;
  for (const name of readdirSync(tools))
    if (name.startsWith('app-')) rmSync(path.join(tools, name), { recursive: true });
}

function declareWorkspace(): void {
  dual.manifest('ws.yaml', workspace('app-main', { project: 'app', branch: 'main', deletionPolicy: 'Delete' }));
}

afterAll(() => dual.destroy());

async function untilCrashed(): Promise<void> {
  await eventually(async () => expect((await daemonStatus(dual.paths)).running).toBe(false), {
    timeout: 60_000,
    interval: 50,
  });
}

async function kill(): Promise<void> {
  const { running } = await daemonStatus(dual.paths);
  if (running) process.kill(await dual.daemonPid(), 'SIGKILL');
  await untilCrashed();
}

function clones(): string[] {
  const dir = path.join(dual.paths.workspaces, 'app');
  return existsSync(dir) ? readdirSync(dir) : [];
}

const points = (steps: string[]): string[] => steps.flatMap((step) => [`before:${step}`, `after:${step}`]);
// A step that waits for work in the background does not return: its end is the next look.
const making = points(MAKING).filter((point) => point !== 'after:ensureClone' && point !== 'after:ensureImage');

async function convergesToOneOfEach(): Promise<void> {
  await dual.start();
  await eventually(() => dual.ready('app-main'), { timeout: 90_000 });
  expect(dual.machines()).toHaveLength(1);
  expect(await dual.sessions()).toEqual(['app-main']);
  expect(clones()).toEqual(['main']);
  await remove();
}

describe('kill -9 of the daemon', () => {
  it.each(making)('%s while a workspace is made: nothing is made twice', async (point) => {
    await kill();
    images += 1;
    needImage();
    declareWorkspace();
    await dual.start({ DUAL_CRASH_AT: `${point}@app-main` });
    await untilCrashed();
    await convergesToOneOfEach();
  });

  // Tools are laid out too fast to be caught at it.
  if (DRIVER === 'docker')
    it('in the middle of a build: it is built again', async () => {
      await kill();
      declareProject('sleep 4');
      declareWorkspace();
      await dual.start();
      await eventually(async () => expect((await dual.workspace('app-main')).status?.phase).toBe('Building'), {
        timeout: 60_000,
      });
      await kill();
      await convergesToOneOfEach();
    });

  it.each(points(UNMAKING))('%s while a workspace goes: nothing is left over', async (point) => {
    await kill();
    declareWorkspace();
    await dual.start();
    await eventually(() => dual.ready('app-main'), { timeout: 90_000 });
    await kill();
    dual.removeManifest('ws.yaml');
    await dual.start({ DUAL_CRASH_AT: `${point}@app-main` });
    await untilCrashed();
    await dual.start();
    await untilGone();
  });
});

async function remove(): Promise<void> {
  dual.removeManifest('ws.yaml');
  await untilGone();
}

async function untilGone(): Promise<void> {
  await eventually(async () => expect((await dual.dualctl(['get', 'workspace', 'app-main'])).code).toBe(1), {
    timeout: 60_000,
  });
  expect(dual.machines()).toEqual([]);
  expect(await dual.sessions()).toEqual([]);
  expect(clones()).toEqual([]);
  expect(readdirSync(dual.paths.guests)).toEqual([]);
}
