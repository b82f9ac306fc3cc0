import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ANNOTATION_REQUESTED } from '../../../../src/api/labels.ts';
import { WORKSPACES } from '../../../../src/api/scheme.ts';
import type { Workspace } from '../../../../src/api/types.ts';
import { guestSocket } from '../../../../src/config/paths.ts';
import { createDualFixture, ended, readyStatus, type DualFixture } from '../../../support/dual-fixture.ts';
import { eventually } from '../../../support/eventually.ts';
import { bundleGuest } from '../../../support/guest.ts';

let fixture: DualFixture;
let bundle: Awaited<ReturnType<typeof bundleGuest>>;
let clone: string;

beforeAll(async () => {
  bundle = await bundleGuest();
});
afterAll(() => bundle.remove());
beforeEach(async () => {
  fixture = await createDualFixture();
  clone = path.join(fixture.home, 'clone');
  mkdirSync(clone);
});
afterEach(() => fixture.close());

const get = (): Promise<Workspace> => fixture.client.get<Workspace>(WORKSPACES, 'shop-main');
const pending = { observedGeneration: 99, phase: 'Building' as const, conditions: [] };

describe('dual run', () => {
  it('makes a Lazy workspace real, waits for it, and runs', async () => {
    const workspace = await fixture.workspace('shop-main', { spec: { state: 'Lazy' }, status: { phase: 'Lazy' } });
    const end = ended(fixture.spawn(['run', '-w', 'shop-main', '--', 'pwd']));
    await eventually(async () => {
      expect((await get()).metadata.annotations?.[ANNOTATION_REQUESTED]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    });
    expect((await get()).spec.state).toBe('Lazy');
    await fixture.setStatus('shop-main', { ...pending, clone: { path: clone } });
    await fixture.guest(bundle.directory, workspace);
    await fixture.setStatus('shop-main', readyStatus(clone));
    expect(await end).toMatchObject({ code: 0, stdout: Buffer.from(`${clone}\n`), stderr: '' });
  });

  it('runs as soon as the machine answers, though the status does not say so yet', async () => {
    const workspace = await fixture.workspace('shop-main', { status: { ...pending, clone: { path: clone } } });
    await fixture.guest(bundle.directory, workspace);
    expect(await fixture.run(['run', '-w', 'shop-main', '--', 'echo', 'early'])).toMatchObject({ code: 0 });
  });

  it('waits for a machine that has just died, and comes back', async () => {
    const workspace = await fixture.workspace('shop-main', { status: readyStatus(clone) });
    const end = ended(fixture.spawn(['run', '-w', 'shop-main', '--', 'echo', 'back']));
    await fixture.guest(bundle.directory, workspace);
    expect(await end).toMatchObject({ code: 0, stdout: Buffer.from('back\n') });
  });

  it('gives up in time, and says how far it came', async () => {
    await fixture.workspace('shop-main', { status: pending });
    const started = await fixture.run(['run', '-w', 'shop-main', '--timeout', '200ms', '--', 'ls']);
    expect(started).toMatchObject({
      code: 125,
      stderr: 'error: timed out after 0s waiting for workspace "shop-main" (shop-main: Building)\n',
    });
    await fixture.setStatus('shop-main', readyStatus(clone));
    const silent = await fixture.run(['run', '-w', 'shop-main', '--timeout', '200ms', '--', 'ls']);
    expect(silent).toMatchObject({ code: 125, stderr: expect.stringContaining('does not answer') as string });
  });

  it('stops waiting at ^C', async () => {
    await fixture.workspace('shop-main', { spec: { state: 'Lazy' } });
    const child = fixture.spawn(['run', '-w', 'shop-main', '--', 'ls']);
    const end = ended(child);
    await eventually(async () => expect((await get()).metadata.annotations).toBeDefined());
    // The handler is there by the time that the wait begins, which nothing outside shows.
    const again = setInterval(() => child.kill('SIGINT'), 100);
    expect(await end).toMatchObject({ stdout: Buffer.from('') });
    clearInterval(again);
    expect([child.exitCode, child.signalCode]).toEqual(child.exitCode === null ? [null, 'SIGINT'] : [130, null]);
  });

  it('is refused by one that is stopped, with the remedy', async () => {
    await fixture.workspace('shop-main', { spec: { state: 'Stopped' } });
    expect(await fixture.run(['run', '-w', 'shop-main', 'ls'])).toMatchObject({
      code: 125,
      stderr: 'error: workspace "shop-main" is stopped; start it with: dual start shop-main\n',
    });
  });

  it('tells when what answers is no guest', async () => {
    const workspace = await fixture.workspace('shop-main', { status: readyStatus(clone) });
    const guest = await fixture.guest(bundle.directory, workspace);
    await guest.stop();
    rmSync(guestSocket(fixture.paths, workspace.metadata.uid), { force: true });
    const { createServer } = await import('node:net');
    const liar = createServer((socket) => socket.end('HELLO\r\n')).listen(
      guestSocket(fixture.paths, workspace.metadata.uid),
    );
    const { code, stderr } = await fixture.run(['run', '-w', 'shop-main', '--timeout', '1s', 'ls']);
    liar.close();
    expect([code, stderr]).toEqual([125, expect.stringMatching(/not a guest/)]);
  });
});

describe('dual attach', () => {
  it('needs a terminal', async () => {
    await fixture.workspace('shop-main');
    expect(await fixture.dual(['attach', 'shop-main'])).toMatchObject({
      code: 1,
      stderr: 'error: dual attach needs a terminal\n',
    });
  });
});
