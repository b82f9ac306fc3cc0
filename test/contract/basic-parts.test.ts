import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SessionSpec } from '../../src/drivers/session/driver.ts';
import { logFilesOf } from '../../src/drivers/session/basic/file-name.ts';
import { createGuard } from '../../src/drivers/session/basic/holder/guard.ts';
import type { Guard } from '../../src/drivers/session/basic/holder/guard.ts';
import { createPaneLog } from '../../src/drivers/session/basic/holder/pane-log.ts';
import { createSessions } from '../../src/drivers/session/basic/holder/sessions.ts';
import type { Sessions } from '../../src/drivers/session/basic/holder/sessions.ts';
import { eventually } from '../support/eventually.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
});
afterEach(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));

describe('the log of a pane', () => {
  it('begins anew after a failure, also one of taking the full file out of the way', async () => {
    const files = logFilesOf(dir, 'app', 'dev');
    const warnings: string[] = [];
    const log = createPaneLog(files, (message) => warnings.push(message));
    await log.write(Buffer.alloc(1_000_000, 'x'));
    await rm(files.current);
    await log.write(Buffer.alloc(100_000, 'y'));
    expect(warnings).toHaveLength(1);
    await log.write(Buffer.alloc(100_000, 'z'));
    expect(await readFile(files.current, 'utf8')).toMatch(/^z+$/);
    await log.remove();
  });
});

describe('sessions', () => {
  const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin' };
  let guard: Guard;
  let sessions: Sessions;
  let timesEmpty: number;
  beforeEach(() => {
    guard = createGuard(() => undefined);
    timesEmpty = 0;
    const context = { socket: path.join(dir, 'socket'), logs: path.join(dir, 'logs'), umask: 0o022, guard };
    sessions = createSessions({ ...context, warn: () => undefined }, () => (timesEmpty += 1));
  });
  afterEach(async () => {
    await sessions.destroyAll();
    guard.close();
  });

  const spec = (name: string, script: string): SessionSpec => ({
    name,
    owner: { uid: 'u', workspace: name, project: 'p' },
    cwd: dir,
    env: {},
    panes: [{ name: 'dev', command: ['sh', '-c', script], target: '', specHash: 'first' }],
    specHash: '',
  });

  it('come no more while all are ended, however long the last one takes', async () => {
    await sessions.create(spec('quick', 'sleep 1000'), 'test', env);
    await sessions.create(spec('slow', 'trap "" HUP TERM; echo >ready; while :; do sleep 1; done'), 'test', env);
    await eventually(() => readFile(path.join(dir, 'ready')));
    const ending = sessions.destroyAll();
    await eventually(() => expect(sessions.count()).toBe(1));
    await expect(sessions.create(spec('new', 'sleep 1000'), 'test', env)).rejects.toMatchObject({ code: 'Ending' });
    expect(timesEmpty).toBe(0);
    await ending;
    expect([sessions.count(), timesEmpty]).toEqual([0, 1]);
  });

  it('say of a pane that could not be started again what it was started with', async () => {
    await sessions.create(spec('app', 'exit 1'), 'test', env);
    // By itself, and not by what comes next.
    await eventually(() => expect(sessions.list('test')[0]?.panes[0]).toMatchObject({ running: false, exitCode: 1 }));
    // Nothing can be started of that.
    const pane = { name: 'dev', command: undefined as unknown as string[], target: '', specHash: 'second' };
    await expect(sessions.restart('app', 'test', { pane, env })).rejects.toThrow();
    const [state] = sessions.list('test')[0]?.panes ?? [];
    expect(state).toMatchObject({ running: false, exitCode: 1, specHash: 'first', restarts: 0 });
  });
});
