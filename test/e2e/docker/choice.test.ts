import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Workspace } from '../../../src/api/types.ts';
import { eventually } from '../../support/eventually.ts';
import { makeRepo } from '../../support/app-repo.ts';
import { createInstance } from '../../support/instance.ts';
import type { Instance } from '../../support/instance.ts';
import { SERVER_FILES, SERVER_PANES, project, workspace } from '../../support/objects.ts';

let dual: Instance;
let repo: string;

beforeAll(async () => {
  dual = await createInstance({ start: false });
  repo = makeRepo(path.join(dual.home, 'repos/app'), SERVER_FILES, ['feat/cart']);
  declareProject('auto', 'basic');
});

afterAll(() => dual.destroy());

function declareProject(driver: string, backend: string): void {
  const source = { path: repo };
  dual.manifest('app.yaml', project('app', { source, container: { driver }, session: { ...SERVER_PANES, backend } }));
}

async function readyOn(name: string, driver: string): Promise<NonNullable<Workspace['status']>> {
  return eventually(
    async () => {
      const { status, metadata } = await dual.ready(name);
      expect(status).toMatchObject({ observedGeneration: metadata.generation, container: { driver } });
      const { status: code, body } = await dual.fetch(`http://${name}.localhost:3000/`);
      expect({ code, body }).toEqual({ code: 200, body: `main\n${name}.localhost:3000` });
      return status!;
    },
    { timeout: 90_000, interval: 250 },
  );
}

function told(status: NonNullable<Workspace['status']>, type: string): { reason?: string; message?: string } {
  return status.conditions!.find((condition) => condition.type === type)!;
}

function sandboxes(): string[] {
  return existsSync(dual.paths.sandboxes) ? readdirSync(dual.paths.sandboxes) : [];
}

describe('driver auto', () => {
  it('takes a sandbox where no engine answers, and says so', async () => {
    dual.manifest('main.yaml', workspace('app-main', { project: 'app', branch: 'main' }));
    await dual.start({ DOCKER_HOST: `unix://${dual.home}/no-engine.sock` });
    const status = await readyOn('app-main', 'sandbox');
    expect(told(status, 'ContainerReady').message).toContain(
      'driver sandbox (auto, since docker did not answer when it was chosen)',
    );
    expect(told(status, 'ImageReady')).toMatchObject({ reason: 'NotNeeded' });
    expect(status.image).toBeUndefined();
    expect((await dual.dualctl(['events'])).stdout).toMatch(/DriverChosen .*sandbox.*no-engine\.sock/);
  });

  it('stays with it when an engine comes, and takes the engine for what is new', async () => {
    await dual.dual(['daemon', 'stop']);
    await dual.start();
    const before = (await dual.workspace('app-main')).status!.container!;
    dual.manifest('cart.yaml', workspace('app-cart', { project: 'app', branch: 'feat/cart' }));
    const cart = await readyOn('app-cart', 'docker');
    expect(told(cart, 'ContainerReady').message).toContain('driver docker (auto, which takes docker where it answers)');
    expect((await readyOn('app-main', 'sandbox')).container).toEqual(before);
    expect(dual.machines()).toEqual([cart.container!.id]);
  });
});

describe('another driver and another backend in the Project', () => {
  it('replace machine and session, and leave nothing of the former ones', async () => {
    declareProject('docker', 'tmux');
    const status = await readyOn('app-main', 'docker');
    expect(status.session).toMatchObject({ backend: 'tmux', state: 'Background' });
    await readyOn('app-cart', 'docker');
    expect(sandboxes()).toEqual([]);
    expect(dual.machines()).toHaveLength(2);
    expect((await dual.sessions()).sort()).toEqual(['app-cart', 'app-main']);
    declareProject('sandbox', 'basic');
    const again = await readyOn('app-main', 'sandbox');
    expect(again.session).toMatchObject({ backend: 'basic' });
    await readyOn('app-cart', 'sandbox');
    expect(dual.machines()).toEqual([]);
    expect(await dual.sessions()).toEqual([]);
    expect(sandboxes()).toHaveLength(2);
  });
});
