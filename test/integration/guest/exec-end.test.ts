import net from 'node:net';
import { PassThrough } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { execInGuest } from '../../../src/guest/exec-client.ts';
import { encodeFrame } from '../../../src/guest/frames.ts';
import { handshake } from '../../../src/guest/handshake.ts';
import { eventually } from '../../support/eventually.ts';
import { bundleGuest, collector, isAlive, request, startGuest } from '../../support/guest.ts';
import type { TestGuest } from '../../support/guest.ts';

const TTY = { rows: 24, cols: 80, term: 'xterm' };

/** Prints three process ids: its own, that of a child in the background, that of one which ignores all requests to end. */
const FAMILY = `sleep 1000 & a=$!; sh -c 'trap "" HUP TERM INT; while :; do sleep 1; done' & echo "$$ $a $!"; wait`;

describe('when the caller goes away', () => {
  let bundle: Awaited<ReturnType<typeof bundleGuest>>;

  beforeAll(async () => {
    bundle = await bundleGuest();
  });
  const guests: TestGuest[] = [];
  afterEach(() => Promise.all(guests.splice(0).map((guest) => guest.stop())));
  afterAll(() => bundle.remove());

  async function start(): Promise<TestGuest> {
    const guest = await startGuest(bundle.directory);
    guests.push(guest);
    return guest;
  }

  /** Starts FAMILY; gives the ids, and a function that drops the connection. */
  async function startFamily(
    guest: TestGuest,
    argv: string[],
    tty?: typeof TTY,
  ): Promise<{ pids: number[]; drop: () => void; ended: Promise<unknown> }> {
    const output = collector();
    const abort = new AbortController();
    const running = execInGuest(guest.endpoint, request(argv, tty ? { tty } : {}), {
      stdin: new PassThrough(),
      stdout: output.stream,
      stderr: output.stream,
      signal: abort.signal,
    });
    const ended = running.catch((error: unknown) => error);
    const pids = await eventually(() => {
      const ids = /^(\d+) (\d+) (\d+)\r?$/m.exec(output.content().toString())?.slice(1).map(Number);
      expect(ids?.every(isAlive)).toBe(true);
      return ids ?? [];
    });
    return { pids, drop: () => abort.abort(new Error('dropped')), ended };
  }

  it.each([
    ['a command on pipes', ['sh', '-c', FAMILY], undefined],
    ['a command with a terminal', ['sh', '-c', FAMILY], TTY],
    ['an interactive shell, whose jobs have groups of their own', ['bash', '-i', '-c', `set -m; ${FAMILY}`], TTY],
  ])('everything goes: %s', async (_, argv, tty) => {
    const guest = await start();
    const { pids, drop, ended } = await startFamily(guest, argv, tty);
    drop();
    expect(await ended).toMatchObject({ message: 'dropped' });
    await eventually(() => expect(pids.filter(isAlive)).toEqual([]));
    expect((await handshake(guest.endpoint)).pid).toBe(guest.pid);
  });

  it('everything goes when the guest is told to stop, within two seconds', async () => {
    const guest = await start();
    const families = [
      await startFamily(guest, ['sh', '-c', FAMILY]),
      await startFamily(guest, ['sh', '-c', FAMILY], TTY),
    ];
    const began = performance.now();
    await guest.stop();
    expect(performance.now() - began).toBeLessThan(2000);
    await eventually(() => expect(families.flatMap(({ pids }) => pids).filter(isAlive)).toEqual([]));
    for (const { ended } of families) await ended;
  });

  it('a caller that breaks the protocol is dropped, and its command with it', async () => {
    const guest = await start();
    const peer = net.connect(guest.endpoint.socket);
    let heard = '';
    peer.on('data', (data) => (heard += data.toString('latin1'))).on('error', () => undefined);
    peer.write('GET /v1/exec HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: dual-exec\r\n\r\n');
    const json = Buffer.from(JSON.stringify(request(['sh', '-c', 'echo "pid=$$"; sleep 1000'])));
    for (const part of encodeFrame({ type: 'request', json })) peer.write(part);
    const pid = await eventually(() => Number(/pid=(\d+)/.exec(heard)?.[1] ?? expect.fail('no pid yet')));
    expect(isAlive(pid)).toBe(true);
    peer.write(Buffer.from([3, 255, 255, 255, 255]));
    await eventually(() => expect([peer.destroyed, isAlive(pid)]).toEqual([true, false]));
  });

  it('the caller learns when the machine goes away', async () => {
    const guest = await start();
    const { pids, ended } = await startFamily(guest, ['sh', '-c', FAMILY]);
    process.kill(guest.pid, 'SIGKILL');
    expect(await ended).toMatchObject({ code: 'Lost' });
    for (const pid of pids) process.kill(pid, 'SIGKILL');
  });
});
