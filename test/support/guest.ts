import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { Readable, Writable } from 'node:stream';
import { build } from 'esbuild';
import { guestBundle } from '../../hack/lib/guest-bundle.mjs';
import type { GuestEndpoint } from '../../src/drivers/container/driver.ts';
import { execInGuest } from '../../src/guest/exec-client.ts';
import type { ExecStreams } from '../../src/guest/exec-client.ts';
import { GUEST_NODE_FLAGS } from '../../src/guest/flags.ts';
import { handshake } from '../../src/guest/handshake.ts';
import type { ExecRequest, ExecResult } from '../../src/guest/protocol.ts';
import { eventually } from './eventually.ts';

export interface TestGuest {
  endpoint: GuestEndpoint;
  pid: number;
  /** A directory for the test's own files. */
  directory: string;
  stop(): Promise<void>;
}

/** The guest as it ships: one file and the addon, in a directory that is removed by `remove`. */
export async function bundleGuest(): Promise<{ directory: string; remove(): void }> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'dual-'));
  await build({
    entryPoints: [path.join(import.meta.dirname, '../../src/guest/main.ts')],
    ...guestBundle,
    outfile: path.join(directory, 'guest.cjs'),
    logLevel: 'error',
  });
  const addon = `@lydell/node-pty-${process.platform}-${process.arch}/pty.node`;
  copyFileSync(createRequire(import.meta.url).resolve(addon), path.join(directory, 'pty.node'));
  const commandServer = path.join(import.meta.dirname, '../../src/guest/command-server.pl');
  copyFileSync(commandServer, path.join(directory, 'command-server.pl'));
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

/** A guest on this machine, for this user, that answers. Its socket can be given, to start another one in its place. */
export async function startGuest(bundle: string, socket?: string): Promise<TestGuest> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'dual-'));
  const endpoint = { socket: socket ?? path.join(directory, 's') };
  const { uid, gid, username, homedir } = os.userInfo();
  const config = { socket: endpoint.socket, user: { uid, gid, name: username, home: homedir }, version: '0.0.0-test' };
  const child = spawn(process.execPath, [...GUEST_NODE_FLAGS, path.join(bundle, 'guest.cjs')], {
    env: { PATH: process.env['PATH'], DUAL_GUEST_CONFIG: JSON.stringify(config) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exited = once(child, 'exit');
  await eventually(() => handshake(endpoint));
  return {
    endpoint,
    pid: child.pid ?? 0,
    directory,
    async stop() {
      // Nothing to do when it has ended.
      child.kill('SIGTERM');
      await exited;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export function request(argv: string[], rest: Partial<ExecRequest> = {}): ExecRequest {
  return { argv, cwd: os.tmpdir(), env: {}, umask: 0o022, ...rest };
}

/** Runs a command to its end and gives what it wrote. */
export async function run(
  guest: Pick<TestGuest, 'endpoint'>,
  command: ExecRequest,
  io: { input?: string | Buffer } & Omit<Partial<ExecStreams>, 'stdin'> = {},
): Promise<{ result: ExecResult; stdout: Buffer; stderr: Buffer }> {
  const { input, ...rest } = io;
  const [stdout, stderr] = [collector(), collector()];
  const stdin = input === undefined ? {} : { stdin: Readable.from([Buffer.from(input)]) };
  const streams = { stdout: stdout.stream, stderr: stderr.stream, ...stdin, ...rest };
  const result = await execInGuest(guest.endpoint, command, streams);
  return { result, stdout: stdout.content(), stderr: stderr.content() };
}

export function collector(): { stream: Writable; content: () => Buffer } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      chunks.push(chunk);
      callback();
    },
  });
  return { stream, content: () => Buffer.concat(chunks) };
}

/** Whether that process runs; one that has ended and was not collected does not. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return !/\) [ZX] /.test(stat);
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}
