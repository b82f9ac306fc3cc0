import { chmodSync, chownSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { actAs } from '../../../src/guest/server/identity.ts';
import { listenPrivately } from '../../../src/guest/server/listen.ts';

describe('the socket of a guest', () => {
  /** Of nobody on this machine; when the tests run as an ordinary user anyway, that one. */
  const user = { uid: process.getuid?.() || 54_321, gid: process.getgid?.() || 54_321, name: 'alex', home: '/' };
  let directory: string;
  let socket: string;
  let server: http.Server;
  beforeEach(() => {
    directory = mkdtempSync(path.join(os.tmpdir(), 'dual-'));
    mkdirSync(path.join(directory, 'shared'));
    socket = path.join(directory, 'shared/s');
    for (const dir of [directory, path.dirname(socket)]) chownSync(dir, user.uid, user.gid);
    server = http.createServer();
  });
  afterEach(() => {
    server.close();
    chmodSync(path.dirname(socket), 0o700);
    for (const name of readdirSync(path.dirname(socket))) chmodSync(path.join(path.dirname(socket), name), 0o700);
    rmSync(directory, { recursive: true });
  });

  const obstacles: [string, () => void][] = [
    ['a file', () => writeFileSync(socket, 'not a socket')],
    ['a directory that is not empty', () => mkdirSync(path.join(socket, 'x'), { recursive: true })],
    [
      'a directory that nobody may open',
      () => {
        mkdirSync(path.join(socket, 'x'), { recursive: true });
        chmodSync(socket, 0);
      },
    ],
    ['nothing, in a directory that is shut', () => chmodSync(path.dirname(socket), 0)],
  ];
  it.each(obstacles)('is made when there is %s in its place', (_name, obstruct) => {
    actAs(user, obstruct);
    listenPrivately(server, socket, user);
    const { mode, uid } = lstatSync(socket);
    expect([mode & 0o777, uid]).toEqual([0o600, user.uid]);
    expect(lstatSync(socket).isSocket()).toBe(true);
  });
});
