import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findProgram } from '../../src/exec/find-program.ts';
import { run } from '../../src/exec/run.ts';
import { eventually } from './eventually.ts';

/** Answers anything on the host's own network, which only a sandbox's helper leads to. */
export const ELSEWHERE = '198.51.100.1';
/** There, and on the host's loopback. */
export const PORT = 4100;

/** A network namespace that stands for the host, so that nothing is sent to, or listens on, the real one's networks. */
export interface NetHost {
  /** For what starts network helpers: they run on this host. */
  env: Record<string, string>;
  dir: string;
  /** Its resolv.conf, which names a server on its loopback. */
  resolvConf: string;
  /** A sandbox of that host with loopback only; its pid. */
  sandbox(): Promise<number>;
  /** Runs a script of Node's in the network of a process, and gives what it printed. `arg` is its `process.argv[1]`. */
  inside(pid: number, script: string, arg?: string): Promise<string>;
  pid: number;
  dispose(): Promise<void>;
}

const PATH = process.env['PATH'] ?? '';
const NAMESPACES = ['unshare', '--user', '--map-root-user', '--net', '--mount'];

const SETUP = `set -e
ip link set lo up
ip address add ${ELSEWHERE}/32 dev lo
ip link add up0 type veth peer name up1
ip link set up0 up && ip link set up1 up
ip address add 192.0.2.10/24 dev up0
ip route add default via 192.0.2.1 dev up0
mount --bind "$1" /etc/resolv.conf
exec "$2" -e "$3"`;

/** A greeting on each address, and a name server on loopback that knows one address. */
const SERVICES = `
for (const address of ['127.0.0.1', '::1', '${ELSEWHERE}'])
  require('net').createServer((socket) => socket.on('error', () => {}).end(address)).listen(${PORT}, address);
const names = require('dgram').createSocket('udp4');
names.on('message', (query, from) => {
  const question = query.subarray(12, query.indexOf(0, 12) + 5);
  const head = Buffer.from([query[0], query[1], 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]);
  const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ${ELSEWHERE.replaceAll('.', ', ')}]);
  names.send(Buffer.concat([head, question, answer]), from.port, from.address);
});
names.bind(53, '127.0.0.1', () => console.log('ready'));`;

export async function createNetHost(): Promise<NetHost> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'dual-'));
  const resolv = path.join(dir, 'resolv.conf');
  writeFileSync(resolv, 'nameserver 127.0.0.1\n');
  const children: ChildProcess[] = [];
  const start = (argv: string[]): Promise<number> => startAndWait(argv, children);
  const pid = await start([...NAMESPACES, 'sh', '-c', SETUP, 'sh', resolv, process.execPath, SERVICES]);
  return {
    pid,
    dir,
    resolvConf: resolv,
    env: { PATH: makeWrappers(path.join(dir, 'bin'), pid) },
    sandbox: () =>
      start([...enter(pid), ...NAMESPACES, 'sh', '-c', 'ip link set lo up; echo ready; exec sleep infinity']),
    async inside(target, script, arg = '') {
      const [file = '', ...args] = [...enter(target), process.execPath, '-e', script, '--', arg];
      return (await run(file, args, { env: { PATH }, timeout: 10_000 })).stdout.trim();
    },
    async dispose() {
      await Promise.all(children.reverse().map(ended));
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Namespaces of the same process all along: neither unshare nor nsenter forks here. */
function enter(pid: number): string[] {
  return ['nsenter', '--target', String(pid), '--user', '--net', '--mount', '--preserve-credentials', '--'];
}

async function startAndWait([file = '', ...args]: string[], children: ChildProcess[]): Promise<number> {
  const child = spawn(file, args, { env: { PATH }, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += String(data)));
  await eventually(() => {
    if (!output.includes('ready')) throw new Error(`${file} is not ready: ${output}`);
  });
  return child.pid ?? 0;
}

async function ended(child: ChildProcess): Promise<void> {
  const closed = new Promise((resolve) => child.once('close', resolve));
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await closed;
}

/** The real programs, started on that host; the process stays the same one. */
function makeWrappers(bin: string, host: number): string {
  mkdirSync(bin);
  for (const name of ['slirp4netns', 'pasta']) {
    const real = findProgram(name, { PATH }, ['/usr/bin']);
    if (real === undefined) throw new Error(`${name} is not installed; hack/setup brings it`);
    const command = [...enter(host), real].map((word) => `'${word}'`).join(' ');
    writeFileSync(path.join(bin, name), `#!/bin/sh\nPATH='${PATH}' exec ${command} "$@"\n`, { mode: 0o755 });
  }
  return bin;
}

/** The pid that a helper was recorded under. */
export function recordedPid(dir: string): number {
  return Number(readFileSync(path.join(dir, 'network.pid'), 'utf8').split(' ')[0]);
}
