import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ANNOTATION_FOCUSED,
  ANNOTATION_LAST_APPLIED,
  ANNOTATION_MANIFEST,
  ANNOTATION_REQUESTED,
} from '../../../../src/api/labels.ts';
import { WORKSPACES } from '../../../../src/api/scheme.ts';
import type { PortStatus, Workspace } from '../../../../src/api/types.ts';
import { createDualFixture, readyStatus, type DualFixture } from '../../../support/dual-fixture.ts';
import { eventually } from '../../../support/eventually.ts';

let fixture: DualFixture;
beforeEach(async () => {
  fixture = await createDualFixture({
    async *'workspaces/log'({ query }) {
      await Promise.resolve();
      yield `${query['container']} ${query['tailLines'] ?? 'all'}\n\n`;
      if (query['follow'] === 'true') yield 'and on\n';
    },
  });
});
afterEach(() => fixture.close());

const get = (name: string): Promise<Workspace> => fixture.client.get<Workspace>(WORKSPACES, name);

const PORTS: PortStatus[] = [5432, 6379, 3000].map((port) => ({
  port,
  protocol: 'tcp',
  listening: true,
  routed: true,
}));

function clone(name: string): string {
  const dir = path.join(fixture.home, name);
  mkdirSync(dir);
  return dir;
}

const stoppedStatus = {
  observedGeneration: 99,
  phase: 'Stopped' as const,
  conditions: [
    {
      type: 'Ready',
      status: 'False' as const,
      reason: 'Stopped',
      message: 'stopped',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    },
  ],
};

describe('dual stop', () => {
  it('waits until it has stopped, and ends what a first use began', async () => {
    const annotations = { [ANNOTATION_REQUESTED]: '2026-01-01T00:00:00Z', other: 'kept' };
    await fixture.workspace('shop-main', { metadata: { annotations }, status: readyStatus('/x') });
    const ended = fixture.dual(['stop', 'shop-main']);
    await eventually(async () => expect((await get('shop-main')).spec.state).toBe('Stopped'));
    await fixture.setStatus('shop-main', stoppedStatus);
    expect(await ended).toEqual({ code: 0, stdout: 'workspace.dual.dev/shop-main stopped\n', stderr: '' });
    expect((await get('shop-main')).metadata.annotations).toEqual({ other: 'kept' });
  });

  it('touches none when one of the names is wrong', async () => {
    await fixture.workspace('shop-main', { status: readyStatus('/x') });
    const { code, stderr } = await fixture.dual(['stop', 'shop-main', 'shop-mian']);
    expect([code, stderr]).toEqual([1, 'error: workspace "shop-mian" not found; did you mean shop-main?\n']);
    expect((await get('shop-main')).spec.state).toBe('Running');
  });

  it('says how far it came when the time is over', async () => {
    await fixture.workspace('shop-main', { status: readyStatus('/x') });
    const { code, stderr } = await fixture.dual(['stop', 'shop-main', '--timeout', '0']);
    expect([code, stderr]).toEqual([
      1,
      'error: timed out after 0s waiting for workspace "shop-main" (shop-main: Ready)\n',
    ]);
  });

  it('warns of a manifest that says otherwise', async () => {
    const annotations = {
      [ANNOTATION_MANIFEST]: 'shop.yaml',
      [ANNOTATION_LAST_APPLIED]: JSON.stringify({ spec: { state: 'Running' } }),
    };
    await fixture.workspace('shop-main', { metadata: { annotations }, status: readyStatus('/x') });
    const { stderr } = await fixture.dual(['stop', '--no-wait', 'shop-main']);
    expect(stderr).toContain('shop.yaml says "state: Running"');
  });
});

describe('dual start', () => {
  it('starts all that are named, and waits for each', async () => {
    await fixture.workspace('a', { spec: { state: 'Stopped' }, status: stoppedStatus });
    await fixture.workspace('b', { spec: { state: 'Stopped', branch: 'b' }, status: stoppedStatus });
    const ended = fixture.dual(['start', 'a', 'b']);
    await eventually(async () => {
      expect((await get('a')).spec.state).toBe('Running');
      expect((await get('b')).spec.state).toBe('Running');
    });
    await fixture.setStatus('b', { ...readyStatus('/b'), phase: 'Degraded', conditions: [] });
    await fixture.setStatus('a', readyStatus('/a'));
    const { code, stdout } = await ended;
    expect(code).toBe(0);
    expect(stdout.split('\n').sort()).toEqual(['', 'workspace.dual.dev/a started', 'workspace.dual.dev/b started']);
  });

  it('is about the current directory without a name, and gives up on what is stalled', async () => {
    const dir = clone('here');
    await fixture.workspace('shop-main', {
      spec: { state: 'Stopped' },
      status: { ...stoppedStatus, clone: { path: dir } },
    });
    const ended = fixture.dual(['start'], { cwd: dir });
    await eventually(async () => expect((await get('shop-main')).spec.state).toBe('Running'));
    const stalled = {
      type: 'Stalled',
      status: 'True' as const,
      reason: 'BuildFailed',
      message: 'fix package.json',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    };
    await fixture.setStatus('shop-main', { observedGeneration: 99, conditions: [stalled] });
    expect(await ended).toMatchObject({
      code: 1,
      stderr: 'error: workspace "shop-main" cannot go on (BuildFailed): fix package.json\n',
    });
  });

  it('does not wait when told so', async () => {
    await fixture.workspace('a', { spec: { state: 'Stopped' }, status: stoppedStatus });
    expect(await fixture.dual(['start', '--no-wait', 'a'])).toMatchObject({ code: 0 });
    expect((await get('a')).spec.state).toBe('Running');
  });
});

describe('dual focus', () => {
  const focused = async (name: string): Promise<string | undefined> =>
    (await get(name)).metadata.annotations?.[ANNOTATION_FOCUSED];
  beforeEach(async () => {
    await fixture.workspace('shop-main');
    await fixture.workspace('shop-next', {
      metadata: { annotations: { [ANNOTATION_FOCUSED]: '2026-01-01T00:00:00Z' } },
    });
  });

  it('tells which workspace it is', async () => {
    expect((await fixture.dual(['focus'])).stdout).toBe('shop-next\n');
    expect((await fixture.dual(['focus', '--off'])).stdout).toBe('workspace.dual.dev/shop-next no longer focused\n');
    expect(await focused('shop-next')).toBeUndefined();
    expect(await fixture.dual(['focus'])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringMatching('no workspace is focused') as string,
    });
    expect(await fixture.dual(['focus', '--off'])).toEqual({ code: 0, stdout: '', stderr: 'nothing was focused\n' });
  });

  it('moves to another one', async () => {
    const { code, stdout, stderr } = await fixture.dual(['focus', 'shop-main']);
    expect([code, stdout]).toEqual([0, 'workspace.dual.dev/shop-main focused\n']);
    expect(stderr).toContain('http://localhost:{port} goes to shop-main');
    expect(await focused('shop-main')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(await focused('shop-next')).toBeUndefined();
  });

  it('ends for one alone, where that is named', async () => {
    expect((await fixture.dual(['focus', '--off', 'shop-main'])).stderr).toBe('nothing was focused\n');
    expect(await focused('shop-next')).toBeDefined();
  });

  it('changes nothing for a name that does not exist', async () => {
    expect(await fixture.dual(['focus', 'shop-mian'])).toMatchObject({
      code: 1,
      stderr: 'error: workspace "shop-mian" not found; did you mean shop-main?\n',
    });
    expect(await focused('shop-next')).toBeDefined();
  });
});

describe('dual logs', () => {
  beforeEach(async () => {
    const panes = ['shell', 'dev', 'test'].map((name) => ({ name, running: true }));
    const session = { backend: 'tmux', name: 'shop-main', state: 'Background' as const, panes };
    await fixture.workspace('shop-main', { status: readyStatus(clone('main'), { session }) });
  });

  it('shows the first pane that runs a command, or the one that is named', async () => {
    expect((await fixture.dual(['logs', 'shop-main'])).stdout).toBe('dev 1000\n\n');
    expect((await fixture.dual(['logs', 'shop-main', 'test', '--tail', '5'])).stdout).toBe('test 5\n\n');
    const here = { cwd: path.join(fixture.home, 'main') };
    expect((await fixture.dual(['logs', '-f', 'test'], here)).stdout).toBe('test 1000\n\nand on\n');
  });

  it('says how many lines it shows where nobody says so', async () => {
    expect((await fixture.dual(['logs', '--help'])).stdout).toMatch(/--tail <lines> +how many.*\(default: 1000\)/);
    writeFileSync(fixture.paths.daemonLog, 'line\n'.repeat(1200));
    expect((await fixture.dual(['logs', '--daemon'])).stdout).toBe('line\n'.repeat(1000));
    expect((await fixture.dual(['logs', 'shop-main', '--tail', '0'])).stdout).toBe('dev 0\n\n');
  });

  it('says how to start a workspace that is stopped', async () => {
    await fixture.workspace('shop-off', { spec: { state: 'Stopped' }, status: stoppedStatus });
    expect(await fixture.dual(['logs', 'shop-off'])).toMatchObject({
      code: 1,
      stderr: 'error: workspace "shop-off" is stopped; start it with: dual start shop-off\n',
    });
  });

  it('lists the panes when there is none of that name', async () => {
    expect(await fixture.dual(['logs', 'shop-main', 'x'])).toMatchObject({
      code: 1,
      stderr: 'error: workspace "shop-main" has no pane "x"; panes: shell, dev, test\n',
    });
  });

  it("shows the daemon's and the proxy's", async () => {
    writeFileSync(fixture.paths.daemonLog, 'one\n\ntwo\n');
    expect((await fixture.dual(['logs', '--daemon'])).stdout).toBe('one\n\ntwo\n');
    expect((await fixture.dual(['logs', '--daemon', '--tail', '1'])).stdout).toBe('two\n');
    expect(await fixture.dual(['logs', '--proxy'])).toMatchObject({
      code: 1,
      stderr: `error: there is no ${fixture.paths.proxyLog} yet\n`,
    });
  });

  it('follows a log until ^C', async () => {
    writeFileSync(fixture.paths.daemonLog, 'one\n');
    const child = fixture.spawn(['logs', '--daemon', '-f']);
    let seen = '';
    child.stdout?.on('data', (chunk) => (seen += String(chunk)));
    await eventually(() => expect(seen).toBe('one\n'));
    writeFileSync(fixture.paths.daemonLog, 'two\n', { flag: 'a' });
    await eventually(() => expect(seen).toBe('one\ntwo\n'));
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGINT');
    expect(await exited).toBe(130);
  });
});

describe('dual', () => {
  it('prints the list where nobody can choose', async () => {
    await fixture.workspace('shop-main', { status: readyStatus('/x', { ports: PORTS }) });
    await fixture.workspace('shop-next', { spec: { branch: 'feat/next', state: 'Lazy' } });
    const { stdout } = await fixture.dual([]);
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['NAME', 'PROJECT', 'BRANCH', 'PHASE', 'PORTS'],
      ['shop-main', 'shop', 'main', 'Ready', '3000,5432,6379'],
      ['shop-next', 'shop', 'feat/next', 'Pending', ''],
      [''],
    ]);
  });

  it('says where manifests go when there is nothing', async () => {
    expect((await fixture.dual([])).stderr).toContain(fixture.paths.manifests);
  });

  it('knows its commands', async () => {
    expect(await fixture.dual(['satrt'])).toMatchObject({
      code: 1,
      stderr: 'error: unknown command "satrt"; did you mean start?\n',
    });
    expect((await fixture.dual(['help', 'urls'])).stdout).toContain('Usage: dual urls');
    expect((await fixture.dual(['--help'])).stdout).toContain('Examples:');
    expect((await fixture.dual(['run', '--help'])).stdout).toContain('--workspace');
    expect((await fixture.dual(['urls', '--nonsense'])).code).toBe(1);
  });

  it('tells versions', async () => {
    expect((await fixture.dual(['version'])).stdout).toMatch(/^dual \d+\.\d+\.\d+\ndaemon 0\.0\.0\n$/);
    const status = JSON.parse((await fixture.dual(['daemon', 'status', '-o', 'json'])).stdout) as object;
    expect(status).toMatchObject({ running: true, version: '0.0.0', socket: fixture.paths.apiSocket });
  });
});
