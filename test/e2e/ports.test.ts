import { writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeRepo } from '../support/app-repo.ts';
import { eventually } from '../support/eventually.ts';
import { createInstance, type Instance } from '../support/instance.ts';
import { project, workspace } from '../support/objects.ts';

/** Told by files what to listen on, as a dev server is by its configuration: `{family} {port}` a line. Answers with what it was told. */
const FILES = {
  'package.json': JSON.stringify({ name: 'app', private: true }),
  '.nvmrc': '22.23.3\n',
  'server.js': `
const { readFileSync, watchFile } = require('node:fs');
const servers = new Map();
function look() {
  const wanted = readFileSync('listen', 'utf8').split('\\n').filter(Boolean);
  for (const [line, server] of servers) if (!wanted.includes(line)) { servers.delete(line); server.closeAllConnections(); server.close(); }
  for (const line of wanted) {
    if (servers.has(line)) continue;
    const [host, port] = line.split(' ');
    servers.set(line, require('node:http').createServer((_request, response) => response.end(line)).listen({ host, port, ipv6Only: true }));
  }
}
watchFile('listen', { interval: 50 }, look);
look();
`,
  listen: '',
};

let dual: Instance;
let clone: string;

beforeAll(async () => {
  dual = await createInstance();
  const repo = makeRepo(path.join(dual.home, 'repos/app'), FILES);
  const session = { panes: [{ name: 'dev', command: 'node server.js', on: 'container', restart: 'OnFailure' }] };
  dual.manifest(
    'app.yaml',
    project('app', { source: { path: repo }, session }),
    workspace('app-main', { project: 'app', branch: 'main' }),
  );
  clone = (await dual.ready('app-main')).status!.clone!.path!;
});
afterAll(() => dual.destroy());

function listenOn(...lines: string[]): void {
  writeFileSync(path.join(clone, 'listen'), lines.join('\n'));
}

async function answers(port: number, text: string): Promise<void> {
  await eventually(async () => expect((await dual.fetch(`http://app-main.localhost:${port}/`)).body).toBe(text), {
    timeout: 10_000,
    interval: 20,
  });
}

function isLetGo(port: number): Promise<void> {
  return eventually(() => expect(isListening(port)).resolves.toBe(false), { timeout: 10_000, interval: 20 });
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, dual.address);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

it('that come long after the start are served, on whichever family they are', async () => {
  expect((await dual.workspace('app-main')).status?.ports).toEqual([]);
  listenOn('127.0.0.1 4100', '::1 4101');
  await answers(4100, '127.0.0.1 4100');
  await answers(4101, '::1 4101');
});

it('that move are followed', async () => {
  listenOn('127.0.0.1 4102');
  await answers(4102, '127.0.0.1 4102');
  await isLetGo(4100);
  await isLetGo(4101);
});

it('that are held in two families stay as long as one of them does', async () => {
  listenOn('127.0.0.1 4103', '::1 4103');
  await answers(4103, '127.0.0.1 4103');
  const listed = async (): Promise<unknown> =>
    (await dual.workspace('app-main')).status?.ports?.map(({ port }) => port);
  await eventually(async () => expect(await listed()).toEqual([4103]));
  listenOn('::1 4103');
  await answers(4103, '::1 4103');
  listenOn();
  await isLetGo(4103);
  await eventually(async () => expect(await listed()).toEqual([]));
});
