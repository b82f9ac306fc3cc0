import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { daemonStatus } from '../../src/daemon/start.ts';
import { eventually } from '../support/eventually.ts';
import { makeRepo } from '../support/app-repo.ts';
import { createInstance } from '../support/instance.ts';
import type { Instance } from '../support/instance.ts';
import { SERVER_FILES, SERVER_PANES, project, workspace } from '../support/objects.ts';

const instances: Instance[] = [];

afterAll(() => Promise.all(instances.map((instance) => instance.destroy())));

async function instanceWithApp(): Promise<Instance> {
  const dual = await createInstance();
  instances.push(dual);
  const repo = makeRepo(path.join(dual.home, 'repos/app'), SERVER_FILES);
  dual.manifest(
    'app.yaml',
    project('app', { source: { path: repo }, session: SERVER_PANES }),
    workspace('app-main', { project: 'app', branch: 'main' }),
  );
  return dual;
}

const serves = (dual: Instance): Promise<void> =>
  eventually(async () => expect((await dual.fetch('http://app-main.localhost:3000/')).status).toBe(200), {
    timeout: 60_000,
  });

describe('two instances', () => {
  it('have workspaces of the same name, and when one goes the other does not notice', async () => {
    const [one, two] = await Promise.all([instanceWithApp(), instanceWithApp()]);
    await Promise.all([one, two].map((dual) => eventually(() => dual.ready('app-main'), { timeout: 60_000 })));
    await Promise.all([serves(one), serves(two)]);
    const before = await two.workspace('app-main');
    const [ofOne, ofTwo] = [one.machines(), two.machines()];
    expect(ofOne).toHaveLength(1);
    expect(ofTwo).toHaveLength(1);
    expect((await one.workspace('app-main')).status!.container!.name).not.toBe(before.status!.container!.name);
    await one.dualctl(['delete', 'workspaces', '--all']);
    await one.destroy();
    expect(two.machines()).toEqual(ofTwo);
    expect((await two.workspace('app-main')).status).toEqual(before.status);
    await serves(two);
  });
});

describe('a cold machine', () => {
  it('gets one daemon however many commands start at once', async () => {
    const dual = await createInstance({ start: false });
    instances.push(dual);
    const results = await Promise.all([
      dual.dualctl(['get', 'workspaces']),
      dual.dualctl(['get', 'projects']),
      dual.dual(['daemon', 'start']),
      dual.dual(['urls']),
    ]);
    expect(results.map(({ code, stderr }) => ({ code, stderr: code === 0 ? '' : stderr }))).toEqual(
      results.map(() => ({ code: 0, stderr: '' })),
    );
    const pid = await dual.daemonPid();
    await dual.dual(['daemon', 'start']);
    expect(await dual.daemonPid()).toBe(pid);
    expect((await dual.dual(['daemon', 'stop'])).code).toBe(0);
    expect((await daemonStatus(dual.paths)).running).toBe(false);
  });
});
