import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { makeRepo } from '../../support/app-repo.ts';
import { createInstance } from '../../support/instance.ts';
import type { Instance } from '../../support/instance.ts';
import { SERVER_FILES, SERVER_PANES, project, workspace } from '../../support/objects.ts';

let dual: Instance;

beforeAll(async () => {
  dual = await createInstance();
  const repo = makeRepo(path.join(dual.home, 'repos/app'), SERVER_FILES, ['feat/cart']);
  dual.manifest(
    'app.yaml',
    project('app', { source: { path: repo }, session: SERVER_PANES }),
    workspace('app-main', { project: 'app', branch: 'main' }),
    workspace('app-cart', { project: 'app', branch: 'feat/cart' }),
  );
  await Promise.all(['app-main', 'app-cart'].map((name) => eventually(() => dual.ready(name), { timeout: 30_000 })));
});

afterAll(() => dual.destroy());

interface Inspected {
  HostConfig: Record<string, unknown>;
  Config: { Labels: Record<string, string> };
  NetworkSettings: { Ports: object };
}

describe('a container', () => {
  it('has what it needs and nothing of the host’s', async () => {
    const { status } = await dual.workspace('app-main');
    const output = execFileSync('docker', ['inspect', status!.container!.id!], { encoding: 'utf8' });
    const [machine] = JSON.parse(output) as [Inspected];
    expect(machine.HostConfig).toMatchObject({ Init: false, Privileged: false, CapDrop: ['ALL'], PidsLimit: 4096 });
    expect(machine.HostConfig['SecurityOpt']).toContain('no-new-privileges');
    expect(machine.NetworkSettings.Ports).toEqual({});
    expect(machine.Config.Labels).toMatchObject({
      'dual.dev/workspace': 'app-main',
      'dual.dev/project': 'app',
      'dual.dev/install': dual.installId(),
    });
  });

  it('shares its image with the other branches', async () => {
    const { status } = await dual.workspace('app-main');
    expect(status!.image!.ref).toMatch(/^dual\/app-/);
    expect((await dual.workspace('app-cart')).status!.image).toEqual(status!.image);
  });
});
