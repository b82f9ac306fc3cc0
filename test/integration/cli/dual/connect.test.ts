import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ANNOTATION_REQUESTED } from '../../../../src/api/labels.ts';
import { PassThrough, Readable } from 'node:stream';
import { PROJECTS, WORKSPACES } from '../../../../src/api/scheme.ts';
import type { Workspace } from '../../../../src/api/types.ts';
import { openPort } from '../../../../src/cli/dual/connect/open-port.ts';
import type { Context } from '../../../../src/cli/shared/context.ts';
import { createDualFixture, ended, readyStatus, type DualFixture } from '../../../support/dual-fixture.ts';
import { eventually } from '../../../support/eventually.ts';
import { bundleGuest } from '../../../support/guest.ts';
import { freePort } from '../../../support/proxy-fixture.ts';

let fixture: DualFixture;
let bundle: Awaited<ReturnType<typeof bundleGuest>>;
let clone: string;
let workspace: Workspace;
let service: net.Server;
let port: number;

beforeAll(async () => {
  bundle = await bundleGuest();
});
afterAll(() => bundle.remove());
beforeEach(async () => {
  fixture = await createDualFixture();
  clone = path.join(fixture.home, 'clone');
  mkdirSync(clone);
  workspace = await fixture.workspace('shop-main');
  service = net.createServer({ allowHalfOpen: true });
  await listen(await freePort());
});
afterEach(async () => {
  service.close();
  await fixture.close();
});

async function listen(wanted: number): Promise<void> {
  await once(service.listen(wanted, '127.0.0.1'), 'listening');
  port = wanted;
}

/** The Workspace is Ready, its machine this one. */
async function ready(): Promise<void> {
  await fixture.guest(bundle.directory, workspace);
  const ports = [{ port, name: 'db', protocol: 'tcp' as const, listening: true, routed: true }];
  await fixture.setStatus('shop-main', readyStatus(clone, { ports }));
}

function onConnection(serve: (socket: net.Socket) => void): void {
  service.on('connection', (socket) => {
    socket.on('error', () => socket.destroy());
    serve(socket);
  });
}

function contextWith(clock: Context['clock']): Context {
  const { home, paths } = fixture;
  const never = new AbortController().signal;
  const [stdin, stdout, stderr] = [Readable.from([]), new PassThrough(), new PassThrough()];
  return { args: [], env: {}, cwd: home, home, stdin, stdout, stderr, clock, paths, interruption: () => never };
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const connect = (...args: string[]): string[] => ['connect', 'shop-main', ...args];

describe('dual connect', () => {
  it('passes bytes as they are, to the end of each direction', async () => {
    await ready();
    const sent = randomBytes(5_000_000);
    const answer = randomBytes(5_000_000);
    // Answers once it has got everything, so the end of the input must have come through.
    onConnection((socket) => {
      const chunks: Buffer[] = [];
      socket.on('data', (chunk) => chunks.push(chunk));
      socket.on('end', () => {
        socket.write(sha256(Buffer.concat(chunks)));
        socket.end(answer);
      });
    });
    const { code, stdout, stderr } = await fixture.run(connect(String(port)), { input: sent });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.subarray(0, 64).toString()).toBe(sha256(sent));
    expect(sha256(stdout.subarray(64))).toBe(sha256(answer));
  });

  it('speaks as long as both do', async () => {
    await ready();
    onConnection((socket) => socket.pipe(socket));
    const child = fixture.spawn(connect('db'));
    const end = ended(child);
    for (const word of ['one', 'two', 'three']) {
      child.stdin?.write(word);
      expect(String(await once(child.stdout!, 'data'))).toBe(word);
    }
    child.stdin?.end();
    expect(await end).toMatchObject({ code: 0, stderr: '' });
  });

  it.each([
    ['a socket', 'that is all', undefined],
    // The shell has the outer end open as well, so that its end shows by what comes after.
    ['a pipe', 'that is all; ended', '{ cat; printf "; ended"; }'],
  ])('ends its output with the service, into %s, and goes on with its input', async (what, seen, through) => {
    await ready();
    let received = '';
    onConnection((socket) => {
      socket.end('that is all');
      socket.on('data', (chunk) => (received += String(chunk)));
    });
    const child = fixture.spawn(connect('db'), through === undefined ? {} : { through });
    const end = ended(child);
    let output = '';
    child.stdout?.on('data', (chunk) => (output += String(chunk)));
    if (what === 'a socket') await once(child.stdout!, 'end');
    await eventually(() => expect(output).toBe(seen));
    expect([received, child.exitCode]).toEqual(['', null]);
    child.stdin?.end('and more');
    expect(await end).toMatchObject({ code: 0, stderr: '' });
    await eventually(() => expect(received).toBe('and more'));
  });

  it('is quiet when nobody reads any more', async () => {
    await ready();
    onConnection((socket) => {
      const write = (): void => void socket.write(Buffer.alloc(65_536, 'x'), () => setImmediate(write));
      write();
    });
    const { stdout, stderr } = await ended(fixture.spawn(connect('db'), { through: 'head -c 5' }));
    expect([String(stdout), stderr]).toEqual(['xxxxx', '']);
  });

  it('says what there is where nothing answers', async () => {
    await ready();
    service.close();
    const { code, stdout, stderr } = await fixture.run(connect(String(port)));
    expect([code, String(stdout)]).toEqual([1, '']);
    expect(stderr).toBe(`error: nothing in workspace "shop-main" answers on port ${port}; ports: ${port} (db)\n`);
  });

  it('takes the workspace of the current directory', async () => {
    await ready();
    onConnection((socket) => socket.end('here'));
    expect(await fixture.run(['connect', 'db'], { cwd: clone })).toMatchObject({
      code: 0,
      stdout: Buffer.from('here'),
    });
  });

  it('knows the ports that the Project names', async () => {
    await ready();
    onConnection((socket) => socket.end('declared'));
    await fixture.client.patch(PROJECTS, 'shop', { spec: { ports: [{ name: 'cache', port }] } });
    expect(await fixture.run(connect('cache'))).toMatchObject({ code: 0, stdout: Buffer.from('declared') });
  });

  it.each([
    [[], /^error: which port of workspace "shop-main"\? .*ports: \d+ \(db\)\n$/],
    [['web'], /^error: workspace "shop-main" has no port named "web"; ports: \d+ \(db\)\n$/],
    [['70000'], /^error: 70000 is no port/],
  ])('refuses %j', async (words, message) => {
    await ready();
    const { code, stdout, stderr } = await fixture.dual(connect(...words));
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
  });

  it('makes a Lazy workspace real first, and waits for the port', async () => {
    await fixture.client.patch(WORKSPACES, 'shop-main', { spec: { state: 'Lazy' } });
    service.close();
    const end = ended(fixture.spawn(connect(String(port)), { input: 'hello' }));
    await eventually(async () => {
      const { metadata } = await fixture.client.get<Workspace>(WORKSPACES, 'shop-main');
      expect(metadata.annotations?.[ANNOTATION_REQUESTED]).toMatch(/^\d{4}-/);
    });
    await ready();
    onConnection((socket) => socket.pipe(socket));
    await listen(port);
    expect(await end).toMatchObject({ code: 0, stdout: Buffer.from('hello'), stderr: '' });
  });

  it('says how long it waits', async () => {
    const { stdout } = await fixture.dual(['connect', '--help']);
    expect(stdout.replace(/\s+/g, ' ')).toContain('(default: 15m for the machine, then 60s for the port)');
  });

  it.each([
    ['as long as it is told to', 600_000, 300_000],
    ['no longer than it is told to', 30_000, undefined],
    ['a minute where it is not told how long', undefined, undefined],
  ])('waits for a port %s', async (_, timeout, opens) => {
    await ready();
    service.close();
    // Each look at the clock finds it a good while later.
    let now = 0;
    const clock = { now: () => (now += 20_000), after: () => () => undefined };
    const opened = openPort(contextWith(clock), workspace, { port, timeout });
    opened.catch(() => undefined);
    if (opens === undefined) {
      await expect(opened).rejects.toMatchObject({ code: 'PortRefused' });
      expect(now).toBeLessThan(200_000);
      return;
    }
    await eventually(() => expect(now).toBeGreaterThan(opens));
    await listen(port);
    (await opened).destroy();
  });

  it('does not wake one that is stopped', async () => {
    await fixture.client.patch(WORKSPACES, 'shop-main', { spec: { state: 'Stopped' } });
    expect(await fixture.run(connect('5432'))).toMatchObject({
      code: 1,
      stderr: 'error: workspace "shop-main" is stopped; start it with: dual start shop-main\n',
    });
  });
});
