import { execFileSync } from 'node:child_process';
import { renameSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { makeRepo } from '../support/app-repo.ts';
import { createInstance } from '../support/instance.ts';
import type { Instance } from '../support/instance.ts';
import { SERVER_FILES, SERVER_PANES, project, workspace } from '../support/objects.ts';

let dual: Instance;

beforeAll(async () => {
  dual = await createInstance();
  const repo = makeRepo(path.join(dual.home, 'repos/app'), SERVER_FILES);
  dual.manifest(
    'app.yaml',
    project('app', { source: { path: repo }, session: SERVER_PANES }),
    workspace('app-main', { project: 'app', branch: 'main' }),
  );
  await eventually(() => dual.ready('app-main'), { timeout: 30_000 });
  await served();
});

afterAll(() => dual.destroy());

async function served(): Promise<void> {
  await eventually(async () => expect((await dual.fetch('http://app-main.localhost:3000/')).status).toBe(200), {
    timeout: 60_000,
    interval: 100,
  });
}

/** Every status that the workspace has while `work` goes on until it is whole again. */
async function during(work: () => void | Promise<void>): Promise<{ notReady: boolean }> {
  const before = (await dual.workspace('app-main')).metadata.resourceVersion;
  await work();
  let notReady = false;
  await eventually(
    async () => {
      const { status, metadata } = await dual.workspace('app-main');
      const ready = status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
      notReady ||= !ready;
      expect(metadata.resourceVersion).not.toBe(before);
      expect(ready).toBe(true);
    },
    { timeout: 90_000, interval: 20 },
  );
  await served();
  return { notReady };
}

describe('unaided it comes back', () => {
  it('after its machine was removed', async () => {
    const { status } = await dual.workspace('app-main');
    await during(() => dual.destroyMachine(status!.container!.id!));
    const after = (await dual.workspace('app-main')).status!.container!;
    expect(after.id).not.toBe(status!.container!.id);
    expect(after.restarts).toBe((status!.container!.restarts ?? 0) + 1);
    expect(dual.machines()).toEqual([after.id]);
  });

  it('after its machine was killed', async () => {
    const { status } = await dual.workspace('app-main');
    await during(() => dual.killMachine(status!.container!.id!));
    expect(dual.machines()).toEqual([status!.container!.id]);
    expect((await dual.dualctl(['events'])).stdout).toMatch(/Warning +ContainerRepaired .*exit code 137/);
  });

  it('after the terminal server was killed', async () => {
    await during(() => dual.killSessions());
    const panes = (await dual.workspace('app-main')).status!.session!.panes;
    expect(panes).toMatchObject([
      { name: 'dev', running: true },
      { name: 'shell', running: true },
    ]);
    expect((await dual.dualctl(['events'])).stdout).toMatch(/Warning +SessionRepaired .*session app-main/);
  });

  it('after its clone was moved away, and leaves the moved one alone', async () => {
    const clone = (await dual.workspace('app-main')).status!.clone!.path!;
    await during(() => renameSync(clone, path.join(dual.home, 'moved')));
    const inside = await dual.dual(['run', '-w', 'app-main', '--', 'ls', 'server.js']);
    expect(inside.stdout).toBe('server.js\n');
    expect(execFileSync('ls', [path.join(dual.home, 'moved')], { encoding: 'utf8' })).toContain('server.js');
  });

  it('after the daemon was killed: pages go on, and the next daemon takes over proxy, machine and session', async () => {
    const before = (await dual.workspace('app-main')).status!;
    const pid = await dual.daemonPid();
    process.kill(pid, 'SIGKILL');
    expect((await dual.fetch('http://app-main.localhost:3000/')).status).toBe(200);
    await dual.start();
    expect(await dual.daemonPid()).not.toBe(pid);
    const after = (await dual.ready('app-main')).status!;
    expect(after.container).toEqual(before.container);
    expect(after.session).toEqual(before.session);
    expect((await dual.fetch('http://app-main.localhost:3000/')).status).toBe(200);
  });

  it('after a pane has crashed, by its policy; and tells of one that keeps crashing', async () => {
    const pane = { name: 'crash', command: 'exit 3', on: 'host', restart: 'OnFailure' };
    const repo = path.join(dual.home, 'repos/app');
    dual.manifest(
      'app.yaml',
      project('app', { source: { path: repo }, session: { panes: [...SERVER_PANES.panes, pane] } }),
      workspace('app-main', { project: 'app', branch: 'main' }),
    );
    await eventually(
      async () => {
        const { status } = await dual.workspace('app-main');
        expect(status?.phase).toBe('Degraded');
        expect(status?.conditions?.find(({ type }) => type === 'SessionReady')).toMatchObject({
          status: 'False',
          reason: 'PaneCrashLoop',
        });
      },
      { timeout: 60_000, interval: 250 },
    );
    dual.manifest(
      'app.yaml',
      project('app', { source: { path: repo }, session: SERVER_PANES }),
      workspace('app-main', { project: 'app', branch: 'main' }),
    );
    await dual.ready('app-main');
    await served();
  });
});
