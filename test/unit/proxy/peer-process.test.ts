import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createPeers } from '../../../src/proxy/peer-process.ts';

const HEADING = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const UID = process.geteuid?.() ?? 0;
/** From 127.0.0.1:50000 to 127.0.0.1:3000. */
const connection = { remoteAddress: '127.0.0.1', remotePort: 50_000, localAddress: '127.0.0.1', localPort: 3000 };
const clones = new Map([['/w/shop/main', 'shop-main']]);

/** A directory that looks like /proc. */
let procDir: string;
beforeEach(async () => {
  procDir = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
  await mkdir(path.join(procDir, 'self/net'), { recursive: true });
  await fake('self', {});
});
afterEach(() => rm(procDir, { recursive: true, force: true }));

async function row(uid: number, inode: number): Promise<void> {
  const text = `   7: 0100007F:C350 0100007F:0BB8 01 00000000:00000000 00:00000000 00000000 ${uid} 0 ${inode} 1 0 20 4 30 10 -1`;
  await writeFile(path.join(procDir, 'self/net/tcp'), `${HEADING}\n${text}\n`);
}

interface Fake {
  parent?: number;
  name?: string;
  cwd?: string;
  sockets?: number[];
  network?: string;
}

async function fake(pid: number | 'self', { parent = 1, name = 'x', cwd, sockets = [], network }: Fake): Promise<void> {
  const dir = path.join(procDir, String(pid));
  for (const part of ['fd', 'ns']) await mkdir(path.join(dir, part), { recursive: true });
  await writeFile(path.join(dir, 'stat'), `${pid} (${name}) S ${parent} 1 1 0 -1`);
  await symlink(`net:[${network ?? '1'}]`, path.join(dir, 'ns/net'));
  if (cwd !== undefined) await symlink(cwd, path.join(dir, 'cwd'));
  for (const [fd, inode] of sockets.entries()) await symlink(`socket:[${inode}]`, path.join(dir, 'fd', String(fd)));
}

const find = (): Promise<string | undefined> => createPeers({ procDir }).workspaceOf(connection, clones);

it('goes on with the parent where a directory cannot be read, whatever the name of the process', async () => {
  await row(UID, 555);
  await fake(40, { cwd: '/w/shop/main/src' });
  await fake(41, { parent: 40, name: 'a) S 1 (\n' });
  await fake(42, { parent: 41, sockets: [5, 555] });
  expect(await find()).toBe('shop-main');
});

it('takes a directory by its name even where that ends as one that was removed', async () => {
  await row(UID, 555);
  await fake(42, { cwd: '/w/shop/main (deleted)', sockets: [555] });
  const named = new Map([...clones, ['/w/shop/main (deleted)', 'odd']]);
  expect(await createPeers({ procDir }).workspaceOf(connection, named)).toBe('odd');
  expect(await find()).toBe('shop-main');
});

it("does not know another user's socket", async () => {
  await row(UID + 1, 555);
  await fake(42, { cwd: '/w/shop/main', sockets: [555] });
  expect(await find()).toBeUndefined();
});

it('passes over a process on another network, which stands under the same path', async () => {
  await row(UID, 555);
  await fake(42, { cwd: '/w/shop/main', sockets: [555], network: '2' });
  expect(await find()).toBeUndefined();
});

it('does not take what the first process stands in for everybody', async () => {
  await row(UID, 555);
  await fake(1, { parent: 0, cwd: '/w/shop/main' });
  await fake(42, { cwd: '/', sockets: [555] });
  expect(await find()).toBeUndefined();
});

it('ends where numbers that were given again make a circle', async () => {
  await row(UID, 555);
  await fake(41, { parent: 42, cwd: '/' });
  await fake(42, { parent: 41, cwd: '/', sockets: [555] });
  expect(await find()).toBeUndefined();
});

it('knows none where there is no such table, or an end is no longer there', async () => {
  expect(await find()).toBeUndefined();
  await row(UID, 0);
  expect(await find()).toBeUndefined();
});
