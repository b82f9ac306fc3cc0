import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Workspace } from '../../src/api/types.ts';
import { paneLog } from '../../src/daemon/pane-log.ts';
import type { SessionDriver } from '../../src/drivers/session/driver.ts';
import { basicDriver, bundleSessions, endHolder, holderOf } from '../support/basic-sessions.ts';
import type { Programs } from '../support/basic-sessions.ts';
import { eventually } from '../support/eventually.ts';

let programs: Programs;
beforeAll(async () => {
  programs = await bundleSessions();
});
afterAll(() => programs.remove());

describe("a pane's log, as the daemon gives it", () => {
  let dir: string;
  let driver: SessionDriver;
  let stop: AbortController;

  beforeEach(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
    const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: dir, SHELL: '/bin/sh' };
    driver = basicDriver(programs, { dir, install: 'test', env });
    stop = new AbortController();
    const script = 'echo one; printf "half "; while [ ! -e go ]; do sleep 0.05; done; echo whole; exec sleep 1000';
    const pane = { name: 'dev', command: ['sh', '-c', script], target: '', specHash: '' };
    const owner = { uid: 'u', workspace: 'app', project: 'p' };
    await driver.createSession({ name: 'app', owner, cwd: dir, env: {}, panes: [pane], specHash: '' });
    await eventually(async () => expect(await driver.capture('app', 'dev', 9)).toBe('one\nhalf'));
  });
  afterEach(async () => {
    stop.abort();
    await endHolder(dir);
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  });

  const workspace = {
    metadata: { name: 'app' },
    status: { session: { backend: 'basic', panes: [{ name: 'dev', running: true }] } },
  } as unknown as Workspace;
  const log = async (query: Record<string, string>): Promise<AsyncIterable<string>> =>
    (await paneLog([driver])({ object: workspace, query, signal: stop.signal })) as AsyncIterable<string>;

  it('has as many lines as are asked for', async () => {
    const textOf = async (tailLines: string): Promise<string> => {
      let text = '';
      for await (const piece of await log({ tailLines })) text += piece;
      return text;
    };
    expect([await textOf('0'), await textOf('1'), await textOf('9')]).toEqual(['', 'half\n', 'one\nhalf\n']);
  });

  it('goes on in the line that it begins with', async () => {
    let text = '';
    for await (const piece of await log({ follow: 'true' })) {
      text += piece;
      await writeFile(path.join(dir, 'go'), '');
      if (text.includes('whole')) stop.abort();
    }
    expect(text).toBe('one\nhalf whole\n');
  });

  it('is not to be had for a time when the process that holds the sessions does not answer', async () => {
    const holder = await holderOf(dir);
    if (holder === undefined) throw new Error('nobody holds sessions');
    process.kill(holder, 'SIGSTOP');
    try {
      const piece = (await log({}))[Symbol.asyncIterator]().next();
      await expect(piece).rejects.toMatchObject({
        reason: 'ServiceUnavailable',
        code: 503,
        message: expect.stringMatching(/^the process that holds the sessions does not answer \(.*sessions\.sock\)$/),
      });
    } finally {
      process.kill(holder, 'SIGCONT');
    }
  });
});
