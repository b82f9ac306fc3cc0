import { mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startApiServer } from '../../../src/apiserver/start.ts';
import { silentLog } from '../../../src/log/log.ts';
import { createApiFixture } from '../../support/api-fixture.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

describe('the socket', () => {
  it('is its owner’s alone', async () => {
    const { socketPath } = await createApiFixture();
    expect((await stat(socketPath)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(socketPath))).mode & 0o777).toBe(0o700);
  });

  it('goes with the server, and one that was left behind is replaced', async () => {
    const fixture = await createApiFixture();
    await fixture.stop();
    await expect(stat(fixture.socketPath)).rejects.toThrow('ENOENT');
    await leaveSocketBehind(fixture.socketPath);
    await fixture.restart();
    expect((await fixture.request('GET', '/healthz')).text).toBe('ok');
  });

  it('is not taken from a server that runs, nor is a file', async () => {
    const { socketPath, store, request, dir } = await createApiFixture();
    const options = { store, log: silentLog, clock: createFakeClock(), version: '1' };
    await expect(startApiServer({ ...options, socketPath })).rejects.toThrow('another daemon is running');
    expect((await request('GET', '/healthz')).text).toBe('ok');
    const file = path.join(dir, 'file');
    await writeFile(file, 'precious');
    await expect(startApiServer({ ...options, socketPath: file })).rejects.toThrow('is not a socket');
  });

  it('with a path that is too long is refused with the remedy', async () => {
    const { store } = await createApiFixture();
    const options = { store, log: silentLog, clock: createFakeClock(), version: '1' };
    const dir = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
    onTestFinished(() => rm(dir, { recursive: true }));
    const socketPath = path.join(dir, 'x'.repeat(100), 'api.sock');
    await expect(startApiServer({ ...options, socketPath })).rejects.toThrow('use a shorter directory');
  });
});

/** As a server leaves it that was killed. */
async function leaveSocketBehind(socketPath: string): Promise<void> {
  const server = net.createServer();
  const born = `${socketPath}.x`;
  await new Promise<void>((resolve) => server.listen(born, resolve));
  await rename(born, socketPath);
  await new Promise((resolve) => server.close(resolve));
}
