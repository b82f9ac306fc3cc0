import type { ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import { createAccessLog, type AccessLog } from '../../../../src/proxy/access-log.ts';
import { listenOnSocket } from '../../../../src/proxy/control.ts';
import { accessEntry, bareControl } from '../../../support/bare-control.ts';
import { createDualFixture, readyStatus, type DualFixture } from '../../../support/dual-fixture.ts';
import { eventually } from '../../../support/eventually.ts';

let fixture: DualFixture;
let access: AccessLog;
let control: FastifyInstance;

beforeEach(async () => {
  fixture = await createDualFixture();
  access = createAccessLog();
  control = bareControl({ access, metrics: { text: () => Promise.resolve('') } });
  await listenOnSocket(control, fixture.paths.proxySocket);
});
afterEach(async () => {
  await control.close();
  await fixture.close();
});

interface Followed {
  child: ChildProcess;
  stdout(): string;
  stderr(): string;
}

/** `dual logs --access` as a process, once the proxy knows of it. */
async function follow(args: string[], options: { cwd?: string; env?: Record<string, string> } = {}): Promise<Followed> {
  const child = fixture.spawn(['logs', '--access', ...args], options);
  const seen = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => (seen.stdout += String(chunk)));
  child.stderr?.on('data', (chunk) => (seen.stderr += String(chunk)));
  await eventually(() => expect(access.active).toBe(true));
  return { child, stdout: () => seen.stdout, stderr: () => seen.stderr };
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('exit', resolve));
}

const line = (workspace: string, rest = '"GET /" 200 12ms in=100 out=200'): string =>
  `2026-01-02T03:04:05.678Z ${workspace}:3000 127.0.0.1 ${rest}\n`;

async function workspaces(): Promise<void> {
  for (const name of ['main', 'next']) {
    const clone = path.join(fixture.home, name);
    mkdirSync(clone);
    await fixture.workspace(`shop-${name}`, { spec: { branch: name }, status: readyStatus(clone) });
  }
}

it('follows the requests to all workspaces until ^C', async () => {
  await workspaces();
  const { child, stdout, stderr } = await follow(['-f']);
  access.record(accessEntry());
  access.record(accessEntry({ workspace: 'shop-next', target: '/\u001b]0;x\u0007' }));
  const hostile = line('shop-next', '"GET /\\u001b]0;x\\u0007" 200 12ms in=100 out=200');
  await eventually(() => expect(stdout()).toBe(line('shop-main') + hostile));
  const exit = ended(child);
  child.kill('SIGINT');
  expect(await exit).toBe(130);
  expect(stderr()).toBe('');
  await eventually(() => expect(access.active).toBe(false));
});

it.each([
  ['that is named', ['shop-next'], '.'],
  ['whose directory it is called in', [], 'next'],
])('follows those to the workspace %s', async (_, args, cwd) => {
  await workspaces();
  const { stdout } = await follow(args, { cwd: path.join(fixture.home, cwd) });
  access.record(accessEntry());
  access.record(accessEntry({ workspace: 'shop-next' }));
  await eventually(() => expect(stdout()).toBe(line('shop-next')));
});

it('gives JSON, one object a line', async () => {
  const { stdout } = await follow(['-o', 'json']);
  const entry = accessEntry({ target: '/\u009b1m' });
  access.record(entry);
  access.record(entry);
  const json = JSON.stringify(entry).replace('\u009b', '\\u009b');
  await eventually(() => expect(stdout()).toBe(`${json}\n${json}\n`));
});

it('works while the daemon is away, and starts none', async () => {
  const away = { env: { DUAL_HOME: path.join(fixture.home, 'away') } };
  const other = bareControl({ access, metrics: { text: () => Promise.resolve('') } });
  onTestFinished(() => other.close());
  mkdirSync(path.join(fixture.home, 'away/state'), { recursive: true });
  await listenOnSocket(other, path.join(fixture.home, 'away/state/proxy.sock'));
  const named = await follow(['shop-next'], away);
  access.record(accessEntry({ workspace: 'shop-next' }));
  access.record(accessEntry());
  await eventually(() => expect(named.stdout()).toBe(line('shop-next')));
  named.child.kill('SIGTERM');
  await eventually(() => expect(access.active).toBe(false));
  const all = await follow([], away);
  access.record(accessEntry());
  await eventually(() => expect(all.stdout()).toBe(line('shop-main')));
  expect(all.stderr()).toBe('the daemon does not run, so it is not known which workspace this is: showing all\n');
  expect((await fixture.run(['daemon', 'status'], away)).stdout.toString()).toContain('not running');
});

it('says so when the proxy ends', async () => {
  const { child, stderr } = await follow([]);
  const exit = ended(child);
  await control.close();
  expect(await exit).toBe(1);
  expect(stderr()).toBe('error: the proxy has ended, or requests came faster than they could be shown; follow again\n');
});

it('says what to do when no proxy runs', async () => {
  await control.close();
  expect(await fixture.dual(['logs', '--access'])).toEqual({
    code: 1,
    stdout: '',
    stderr: 'error: no proxy runs, so there is nothing to follow; it comes with the daemon: dual daemon start\n',
  });
});

it.each([
  [['--access', 'shop-mian'], 'workspace "shop-mian" not found; did you mean shop-main?'],
  [['--access', 'shop-main', 'dev'], '--access is about a workspace: it takes no pane'],
  [['-o', 'json', 'shop-main'], '-o json goes with --access: the other logs are text'],
  [['--access', '--tail', '2'], '--access shows requests as they come: there are no last lines for --tail'],
  [['--access', '--daemon'], '--access and --daemon are logs of their own: ask for one at a time'],
  [['--proxy', '--daemon'], '--daemon and --proxy are logs of their own: ask for one at a time'],
  [['--daemon', 'shop-main'], '--daemon is about all workspaces: it takes no name, and "shop-main" was given'],
  [['--proxy', 'shop-main'], '--proxy is about all workspaces: it takes no name, and "shop-main" was given'],
])('refuses %s', async (args, message) => {
  await workspaces();
  expect(await fixture.dual(['logs', ...args])).toEqual({ code: 1, stdout: '', stderr: `error: ${message}\n` });
});
