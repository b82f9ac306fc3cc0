import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SubresourceHandlers } from '../../../../src/apiserver/served/resources.ts';
import { WORKSPACES } from '../../../../src/api/scheme.ts';
import { createDualctlFixture, type DualctlFixture, START } from '../../../support/dualctl-fixture.ts';
import { eventually } from '../../../support/eventually.ts';

/** Says what it was asked for, and with `follow` goes on until the client leaves. */
const subresources: SubresourceHandlers = {
  async *'workspaces/log'({ object, query, signal }) {
    const { container, tailLines, follow } = query;
    yield `${object.metadata.name} ${container} ${tailLines}\n`;
    if (follow !== 'true') return;
    yield 'more\n';
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve);
    });
  },
};

let fixture: DualctlFixture;

beforeEach(async () => {
  fixture = await createDualctlFixture(subresources);
});

afterEach(async () => {
  await fixture.close();
});

const time = '2026-01-02T03:04:05Z';
const ready = (status: 'True' | 'False', message = 'pnpm install'): object => ({
  phase: status === 'True' ? 'Ready' : 'Building',
  conditions: [
    { type: 'Ready', status, reason: status === 'True' ? 'Reconciled' : 'Building', message, lastTransitionTime: time },
  ],
});

describe('wait', () => {
  it('waits for several and says of each when it is ready', async () => {
    await fixture.workspace('a');
    await fixture.workspace('b');
    await fixture.setStatus('a', ready('True'));
    const wait = fixture.start(['wait', '--for=condition=Ready', 'workspace', '--all']);
    await eventually(() => expect(wait.stdout()).toBe('workspace.dual.dev/a condition met\n'));
    await fixture.setStatus('b', ready('True'));
    const stdout = 'workspace.dual.dev/a condition met\nworkspace.dual.dev/b condition met\n';
    expect(await wait.ended).toEqual({ code: 0, stdout, stderr: '' });
  });

  it('gives up in time and says why it is not ready', async () => {
    await fixture.workspace('a');
    await fixture.setStatus('a', ready('False'));
    const wait = fixture.start(['wait', '--for=condition=Ready', 'ws/a', '--timeout=20s']);
    await eventually(() => {
      fixture.clock.advance(20_000);
      expect(wait.stderr()).not.toBe('');
    });
    expect(await wait.ended).toEqual({
      code: 1,
      stdout: '',
      stderr: 'error: timed out waiting for the condition on workspaces/a\n  Ready is False (Building): pnpm install\n',
    });
  });

  it('looks once with --timeout=0', async () => {
    await fixture.workspace('a');
    await fixture.setStatus('a', ready('True'));
    expect((await fixture.run(['wait', '--for=jsonpath={.status.phase}=Ready', 'ws/a', '--timeout=0'])).code).toBe(0);
  });

  it('waits for deletion and creation', async () => {
    await fixture.workspace('a');
    const deletion = fixture.start(['wait', '--for=delete', 'ws/a']);
    const creation = fixture.start(['wait', '--for=create', 'ws/b']);
    await fixture.client.delete(WORKSPACES, 'a');
    await fixture.workspace('b');
    expect(await deletion.ended).toEqual({ code: 0, stdout: 'workspace.dual.dev/a condition met\n', stderr: '' });
    expect(await creation.ended).toEqual({ code: 0, stdout: 'workspace.dual.dev/b condition met\n', stderr: '' });
    expect((await fixture.run(['wait', '--for=delete', 'ws/never'])).code).toBe(0);
  });

  it('reports what is not there', async () => {
    const missing = 'Error from server (NotFound): workspaces.dual.dev "nope" not found\n';
    expect(await fixture.run(['wait', '--for=condition=Ready', 'ws/nope'])).toEqual({
      code: 1,
      stdout: '',
      stderr: missing,
    });
    const none = { code: 1, stdout: '', stderr: 'error: no matching resources found\n' };
    expect(await fixture.run(['wait', '--for=condition=Ready', 'ws', '--all'])).toEqual(none);
    const unknown = { code: 1, stdout: '', stderr: 'error: unrecognized condition: "ready"\n' };
    expect(await fixture.run(['wait', '--for=ready', 'ws', '--all'])).toEqual(unknown);
  });
});

describe('events', () => {
  it('lists them with the newest last, counted', async () => {
    const a = await fixture.workspace('a');
    const b = await fixture.workspace('b');
    const ago = (seconds: number): string => new Date(START - seconds * 1000).toISOString();
    await fixture.event(b, { reason: 'Built', message: 'built', lastTimestamp: ago(1), firstTimestamp: ago(1) });
    await fixture.event(a, {
      reason: 'CloneFailed',
      message: 'no such host\nretrying',
      type: 'Warning',
      count: 3,
      firstTimestamp: ago(300),
      lastTimestamp: ago(60),
    });
    expect(await fixture.run(['events'])).toEqual({
      code: 0,
      stderr: '',
      stdout: [
        'LAST SEEN          TYPE      REASON        OBJECT        MESSAGE',
        '60s (x3 over 5m)   Warning   CloneFailed   Workspace/a   no such host...',
        '1s                 Normal    Built         Workspace/b   built',
        '',
      ].join('\n'),
    });
    expect((await fixture.run(['events', '--for', 'ws/b', '--no-headers'])).stdout).toBe(
      '1s    Normal   Built   Workspace/b   built\n',
    );
    expect((await fixture.run(['events', '--types=warning', '--no-headers'])).stdout).toContain('CloneFailed');
    expect((await fixture.run(['get', 'ev', '--no-headers'])).stdout.split('\n')).toHaveLength(3);
  });

  it('goes on with -w', async () => {
    const a = await fixture.workspace('a');
    await fixture.event(a, { reason: 'Cloned', message: 'first' });
    const watch = fixture.start(['events', '-w', '--for=workspace/a']);
    await eventually(() => expect(watch.stdout()).toContain('first'));
    await fixture.event(await fixture.workspace('b'), { message: 'not about a' });
    await fixture.event(a, { reason: 'Built', message: 'second' });
    await eventually(() => expect(watch.stdout()).toContain('second'));
    watch.interrupt();
    expect((await watch.ended).stdout).not.toContain('not about a');
  });

  it('says when there are none', async () => {
    expect(await fixture.run(['events'])).toEqual({
      code: 0,
      stdout: '',
      stderr: 'No events found in default namespace.\n',
    });
    expect((await fixture.run(['events', '--types=Odd'])).stderr).toBe(
      'error: valid --types are Normal or Warning, not "odd"\n',
    );
  });
});

describe('logs', () => {
  beforeEach(async () => {
    await fixture.workspace('a');
    const panes = [
      { name: 'dev', running: true },
      { name: 'shell', running: true },
    ];
    await fixture.setStatus('a', { session: { backend: 'tmux', state: 'Background', panes } });
  });

  it.each([
    [['logs', 'a'], 'a dev undefined\n', 'Defaulted pane "dev" out of: dev, shell\n'],
    [['logs', 'a', 'shell'], 'a shell undefined\n', ''],
    [['logs', 'workspace/a', '-c', 'dev', '--tail=5'], 'a dev 5\n', ''],
    [['logs', 'ws/a', 'dev', '--tail', '-1'], 'a dev 999999\n', ''],
  ])('%j', async (args, stdout, stderr) => {
    expect(await fixture.run(args)).toEqual({ code: 0, stdout, stderr });
  });

  it('goes on with -f until interrupted', async () => {
    const logs = fixture.start(['logs', 'a', 'dev', '-f']);
    await eventually(() => expect(logs.stdout()).toBe('a dev undefined\nmore\n'));
    logs.interrupt();
    expect((await logs.ended).code).toBe(0);
  });

  it.each([
    [['logs', 'nope'], 'Error from server (NotFound): workspaces.dual.dev "nope" not found\n'],
    [['logs', 'project/a'], 'error: only workspaces have logs: dualctl logs NAME, not "project/a"\n'],
    [['logs', 'a', 'dev', '--tail=x'], 'error: --tail must be -1 or a number of lines, not "x"\n'],
    [['logs', 'a', 'dev', '-c', 'dev'], 'error: only one of -c or an inline [PANE] arg is allowed\n'],
  ])('%j is refused', async (args, stderr) => {
    expect(await fixture.run(args)).toEqual({ code: 1, stdout: '', stderr });
  });
});

describe('describe', () => {
  it('shows everything about a workspace', async () => {
    const object = await fixture.workspace('shop-b', {
      metadata: { name: 'shop-b', labels: { team: 'web' } },
      spec: { project: 'shop', branch: 'feat/b' },
    });
    await fixture.setStatus('shop-b', {
      ...ready('True', 'all is well'),
      clone: { path: '/w/shop/feat__b', dirty: false, unpushed: 0 },
      container: { driver: 'docker', name: 'dual-shop-b', restarts: 0 },
      session: {
        backend: 'tmux',
        name: 'shop-b',
        state: 'Background',
        panes: [{ name: 'dev', running: false, exitCode: 1 }],
      },
      address: '127.77.12.5',
      ports: [
        {
          port: 3000,
          name: 'www',
          protocol: 'http',
          process: 'node',
          listening: true,
          routed: true,
          url: 'http://shop-b.localhost:3000',
          message: 'held by nginx',
        },
        { port: 5432, protocol: 'tcp', listening: true, routed: true, tcp: '127.77.12.5:5432' },
        { port: 6379, protocol: 'tcp', listening: true, routed: false, reason: 'PortTaken', message: 'held by redis' },
      ],
    });
    await fixture.event(object, { reason: 'Cloned', message: 'cloned it' });
    fixture.clock.advance(60_000);
    const { code, stdout, stderr } = await fixture.run(['describe', 'workspace', 'shop-b']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(`Name:         shop-b
Labels:       team=web
Annotations:  <none>
API Version:  dual.dev/v1alpha1
Kind:         Workspace
Created:      2026-01-02T03:04:05Z (60s ago)
Spec:
  Project:          shop
  Branch:           feat/b
  State:            Running
  Deletion Policy:  Retain
Phase:        Ready
Address:      127.77.12.5
Conditions:
  Type   Status  Reason      Age  Message
  ----   ------  ------      ---  -------
  Ready  True    Reconciled  60s  all is well
Clone:
  Path:      /w/shop/feat__b
  Dirty:     false
  Unpushed:  0
Image:        <none>
Container:
  Driver:    docker
  Name:      dual-shop-b
  Restarts:  0
Session:
  Backend:  tmux
  Name:     shop-b
  State:    Background
  Panes:
    Name  State                Restarts
    ----  -----                --------
    dev   Ended (exit code 1)  0
Ports:
  Port  Name    Protocol  Process  Listening  URL                                    TCP
  ----  ----    --------  -------  ---------  ---                                    ---
  3000  www     http      node     Yes        http://shop-b.localhost:3000           not served (held by nginx)
  5432  <none>  tcp       <none>   Yes        <none>                                 127.77.12.5:5432
  6379  <none>  tcp       <none>   Yes        not routed (PortTaken: held by redis)  <none>
Events:
  Type    Reason  Age  From       Message
  ----    ------  ---  ----       -------
  Normal  Cloned  60s  workspace  cloned it
`);
  });

  it('describes what it finds and reports what it does not', async () => {
    await fixture.workspace('a');
    const { code, stdout, stderr } = await fixture.run(['describe', 'ws', 'nope', 'a', '--show-events=false']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^Name: +a\n/);
    expect(stdout).not.toContain('Events:');
    expect(stderr).toBe('Error from server (NotFound): workspaces.dual.dev "nope" not found\n');
    const none = { code: 0, stdout: '', stderr: 'No resources found\n' };
    expect(await fixture.run(['describe', 'projects'])).toEqual(none);
  });
});
