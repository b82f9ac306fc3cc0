import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ANNOTATION_REQUESTED } from '../../../../src/api/labels.ts';
import { WORKSPACES } from '../../../../src/api/scheme.ts';
import type { Workspace, WorkspaceStatus } from '../../../../src/api/types.ts';
import type { SessionDriver } from '../../../../src/drivers/session/driver.ts';
import { createTmuxDriver } from '../../../../src/drivers/session/tmux/tmux.ts';
import { silentLog } from '../../../../src/log/log.ts';
import { createDualFixture, readyStatus, type DualFixture } from '../../../support/dual-fixture.ts';
import { eventually } from '../../../support/eventually.ts';
import { killTmuxServer, tmuxAt } from '../../../support/tmux.ts';

let fixture: DualFixture;
let clone: string;
let sessions: SessionDriver;
let terminal: string;

beforeEach(async () => {
  fixture = await createDualFixture();
  clone = path.join(fixture.home, 'clone');
  mkdirSync(clone);
  const env = { PATH: process.env['PATH'] ?? '', HOME: fixture.home, LANG: 'C.UTF-8' };
  sessions = createTmuxDriver({
    socket: fixture.paths.tmuxSocket,
    install: 'test',
    env: () => Promise.resolve(env),
    log: silentLog,
  });
  terminal = path.join(fixture.home, 'terminal');
  const words = fixture.command.map((word) => `'${word}'`).join(' ');
  writeFileSync(path.join(fixture.home, 'dual'), `#!/bin/sh\nexec ${words} "$@"\n`, { mode: 0o755 });
  const shell = ['env', `PATH=${fixture.home}:${process.env['PATH']}`, `DUAL_HOME=${fixture.home}`, 'PS1=host>', 'sh'];
  await tmuxAt(terminal, '-f', '/dev/null', 'new-session', '-d', '-x', '100', '-y', '20', '-c', fixture.home, ...shell);
  await shows(/host>$/);
});
afterEach(async () => {
  await killTmuxServer(terminal);
  await killTmuxServer(fixture.paths.tmuxSocket);
  await fixture.close();
});

const type = (...keys: string[]): Promise<string> => tmuxAt(terminal, 'send-keys', ...keys);
async function shows(expected: RegExp): Promise<void> {
  await eventually(async () => expect(await tmuxAt(terminal, 'capture-pane', '-p', '-J')).toMatch(expected), {
    timeout: 15_000,
  });
}

/** What the daemon would make: a session that says which one it is. */
async function session(workspace: Workspace): Promise<WorkspaceStatus> {
  const { name, uid } = workspace.metadata;
  const command = ['sh', '-c', `echo "session of ${name}"; exec sleep 1000`];
  const pane = { name: 'dev', command, target: '', specHash: 'x' };
  const owner = { uid, workspace: name, project: 'shop' };
  await sessions.createSession({ name, owner, cwd: clone, env: {}, panes: [pane], specHash: 'x' });
  return readyStatus(clone, { session: { backend: 'tmux', name, state: 'Background' } });
}

describe('dual attach', () => {
  it('hands the terminal over to the session, also from within tmux, and comes back', async () => {
    await fixture.setStatus('shop-main', await session(await fixture.workspace('shop-main')));
    await type('dual attach shop-main; echo left=$?', 'Enter');
    await shows(/^session of shop-main$/m);
    await eventually(async () => expect((await sessions.getSession('shop-main'))?.attached).toBe(1));
    await sessions.detach('shop-main');
    await shows(/^left=0$/m);
    expect(await sessions.isAlive('shop-main')).toBe(true);
  });

  it('makes a Lazy workspace real and waits for its session, with progress', async () => {
    const workspace = await fixture.workspace('shop-main', { spec: { state: 'Lazy' }, status: { phase: 'Lazy' } });
    await type('dual attach shop-main', 'Enter');
    await eventually(async () => {
      const { metadata } = await fixture.client.get<Workspace>(WORKSPACES, 'shop-main');
      expect(metadata.annotations).toHaveProperty([ANNOTATION_REQUESTED]);
    });
    await fixture.setStatus('shop-main', { phase: 'Cloning' });
    await shows(/shop-main: Cloning/);
    await fixture.setStatus('shop-main', await session(workspace));
    await shows(/^session of shop-main$/m);
  });

  it('is the workspace of the current directory without a name', async () => {
    await fixture.setStatus('shop-main', await session(await fixture.workspace('shop-main')));
    await type('cd clone && dual attach', 'Enter');
    await shows(/^session of shop-main$/m);
  });

  it('is refused by a stopped one, with the remedy', async () => {
    await fixture.workspace('shop-main', { spec: { state: 'Stopped' } });
    await type('dual attach shop-main', 'Enter');
    await shows(/start it with: dual start shop-main/);
  });
});

describe('dual', () => {
  it('lets one choose a workspace and goes into its session', async () => {
    for (const name of ['docs-main', 'shop-feat', 'shop-main']) {
      await fixture.setStatus(name, await session(await fixture.workspace(name)));
    }
    await type('dual', 'Enter');
    await shows(/docs-main.*\n.*shop-feat.*\n.*shop-main/);
    await type('sfeat');
    await eventually(async () => expect(await tmuxAt(terminal, 'capture-pane', '-p')).not.toMatch(/docs-main/));
    await type('Enter');
    await shows(/^session of shop-feat$/m);
  });

  it('can be left without a choice', async () => {
    await fixture.workspace('shop-main');
    await type('dual; echo left=$?', 'Enter');
    await shows(/shop-main/);
    await type('C-c');
    await shows(/^left=130$/m);
  });
});
