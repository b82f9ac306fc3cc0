import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text, buffer } from 'node:stream/consumers';
import { PROJECTS, WORKSPACES } from '../../src/api/scheme.ts';
import type { Project, Workspace, WorkspaceStatus } from '../../src/api/types.ts';
import type { SubresourceHandlers } from '../../src/apiserver/served/resources.ts';
import { startApiServer } from '../../src/apiserver/start.ts';
import { dual } from '../../src/cli/dual/dual.ts';
import { runWith } from '../../src/cli/shared/run-main.ts';
import type { Client } from '../../src/client/client.ts';
import { createClient } from '../../src/client/http-client.ts';
import { systemClock } from '../../src/clock/clock.ts';
import { guestDir, guestSocket, resolvePaths, type Paths } from '../../src/config/paths.ts';
import { silentLog } from '../../src/log/log.ts';
import { openStore } from '../../src/store/store.ts';
import { bundleOf } from './bundle.ts';
import { startGuest, type TestGuest } from './guest.ts';

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: Buffer;
  stderr: string;
}

export interface ProcessOptions {
  cwd?: string;
  env?: Record<string, string>;
  input?: string | Buffer;
  /** A shell command that reads its output by a real pipe, in its stead. */
  through?: string;
}

/** A real API server on a socket of its own, in place of a daemon: what controllers would write, tests write. */
export interface DualFixture {
  home: string;
  paths: Paths;
  client: Client;
  /** Program and arguments that run `dual` as a process of its own. */
  command: string[];
  env: NodeJS.ProcessEnv;
  /** `dual` as a process, to its end. */
  run(args: readonly string[], options?: ProcessOptions): Promise<Ended>;
  spawn(args: readonly string[], options?: ProcessOptions): ChildProcess;
  /** `dual` within this process, without a terminal. */
  dual(args: readonly string[], options?: { cwd?: string }): Promise<{ code: number; stdout: string; stderr: string }>;
  workspace(name: string, more?: { spec?: object; metadata?: object; status?: WorkspaceStatus }): Promise<Workspace>;
  setStatus(name: string, status: WorkspaceStatus): Promise<void>;
  /** A guest for that Workspace, on this machine. */
  guest(bundle: string, workspace: Workspace): Promise<TestGuest>;
  close(): Promise<void>;
}

export async function createDualFixture(subresources: SubresourceHandlers = {}): Promise<DualFixture> {
  const home = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'dual-')));
  const paths = resolvePaths({ DUAL_HOME: home });
  const store = openStore(':memory:', { clock: systemClock, log: silentLog });
  const log = silentLog;
  const server = await startApiServer({
    store,
    socketPath: paths.apiSocket,
    log,
    clock: systemClock,
    version: '0.0.0',
    subresources,
  });
  const client = createClient(paths.apiSocket);
  const command = [process.execPath, await bundleOf('src/cli/dual/main.ts')];
  const env = { PATH: process.env['PATH'], DUAL_HOME: home, HOME: home };
  const guests: TestGuest[] = [];
  const children: ChildProcess[] = [];
  await client.create(PROJECTS, project());

  const start = (args: readonly string[], options: ProcessOptions = {}): ChildProcess => {
    const piped = options.through === undefined ? [] : ['sh', '-c', `"$@" | ${options.through}`, 'sh'];
    const [file = '', ...rest] = [...piped, ...command, ...args];
    const child = spawn(file, rest, { cwd: options.cwd ?? home, env: { ...env, ...options.env } });
    children.push(child);
    child.stdin?.on('error', () => undefined);
    if (options.input !== undefined) child.stdin?.end(options.input);
    return child;
  };
  const setStatus = async (name: string, status: WorkspaceStatus): Promise<void> => {
    const object = await client.get<Workspace>(WORKSPACES, name);
    await client.updateStatus(WORKSPACES, { ...object, status });
  };

  return {
    home,
    paths,
    client,
    command,
    env,
    spawn: start,
    run: (args, options = {}) => ended(start(args, { input: '', ...options })),
    dual: (args, { cwd = home } = {}) => inProcess({ args, cwd, home, paths }),
    async workspace(name, { spec = {}, metadata = {}, status } = {}) {
      const object = {
        apiVersion: 'dual.dev/v1alpha1',
        kind: 'Workspace',
        metadata: { name, ...metadata },
        spec: { project: 'shop', branch: 'main', ...spec },
      };
      await client.create(WORKSPACES, object);
      if (status) await setStatus(name, status);
      return client.get<Workspace>(WORKSPACES, name);
    },
    setStatus,
    async guest(bundle, workspace) {
      mkdirSync(guestDir(paths, workspace.metadata.uid), { recursive: true, mode: 0o700 });
      const guest = await startGuest(bundle, guestSocket(paths, workspace.metadata.uid));
      guests.push(guest);
      return guest;
    },
    async close() {
      for (const child of children) child.kill('SIGKILL');
      await Promise.all(guests.map((guest) => guest.stop()));
      await client.close();
      await server.close();
      store.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Status of a Workspace whose machine is there, with its clone in that directory. */
export function readyStatus(clone: string, more: WorkspaceStatus = {}): WorkspaceStatus {
  const condition = (type: string, reason: string): NonNullable<WorkspaceStatus['conditions']>[number] => ({
    type,
    status: 'True',
    reason,
    message: '',
    lastTransitionTime: '2026-01-01T00:00:00Z',
  });
  const conditions = [condition('ContainerReady', 'Running'), condition('Ready', 'Reconciled')];
  return { observedGeneration: 99, phase: 'Ready', clone: { path: clone }, conditions, ...more };
}

export async function ended(child: ChildProcess): Promise<Ended> {
  const closed = new Promise<Pick<Ended, 'code' | 'signal'>>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error('the process has no pipes');
  const [out, err, how] = await Promise.all([buffer(stdout), text(stderr), closed]);
  return { ...how, stdout: out, stderr: err };
}

async function inProcess(of: {
  args: readonly string[];
  cwd: string;
  home: string;
  paths: Paths;
}): Promise<{ code: number; stdout: string; stderr: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const written = Promise.all([text(stdout), text(stderr)]);
  const never = new AbortController().signal;
  const env = { PATH: process.env['PATH'], DUAL_HOME: of.home };
  const context = {
    ...of,
    env,
    stdin: Readable.from([]),
    stdout,
    stderr,
    clock: systemClock,
    interruption: () => never,
  };
  const code = await runWith(context, dual);
  stdout.end();
  stderr.end();
  const [out, err] = await written;
  return { code, stdout: out, stderr: err };
}

function project(): Pick<Project, 'apiVersion' | 'kind' | 'metadata' | 'spec'> {
  const panes = [{ name: 'shell' }, { name: 'dev', command: 'pnpm dev' }, { name: 'test', command: 'pnpm test' }];
  return {
    apiVersion: 'dual.dev/v1alpha1',
    kind: 'Project',
    metadata: { name: 'shop' },
    spec: { source: { path: '/src/shop' }, session: { panes } },
  } as unknown as Pick<Project, 'apiVersion' | 'kind' | 'metadata' | 'spec'>;
}
