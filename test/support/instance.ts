import { execFile, execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { stringify } from 'yaml';
import type { Workspace } from '../../src/api/types.ts';
import { packageRoot } from '../../src/config/package-root.ts';
import { resolvePaths } from '../../src/config/paths.ts';
import type { Paths } from '../../src/config/paths.ts';
import { dockerParts } from './docker-parts.ts';
import { DRIVER } from './driver.ts';
import { eventually } from './eventually.ts';
import type { Parts } from './parts.ts';
import { sandboxParts } from './sandbox-parts.ts';

export interface CommandResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** A Dual of its own, with its daemon, in a temporary directory; talked to as a user would. */
export interface Instance extends Omit<Parts, 'machines' | 'cleanUp'> {
  home: string;
  paths: Paths;
  env: NodeJS.ProcessEnv;
  /** The address that its proxy listens on. */
  address: string;
  /** Writes (or with undefined removes) a file of the manifest directory. Objects become YAML documents. */
  manifest(file: string, ...objects: object[]): void;
  removeManifest(file: string): void;
  dualctl(args: string[], input?: string): Promise<CommandResult>;
  dual(args: string[], input?: string): Promise<CommandResult>;
  workspace(name: string): Promise<Workspace>;
  /** Waits until it is Ready and gives it. */
  ready(name: string, timeout?: number): Promise<Workspace>;
  /** GET by the host name of a URL, as a browser would resolve it; or from that address. */
  fetch(url: string, address?: string): Promise<{ status: number; body: string }>;
  /** Starts the daemon; extra environment for it alone. */
  start(env?: Record<string, string>): Promise<void>;
  daemonPid(): Promise<number>;
  installId(): string;
  machines(all?: boolean): string[];
  destroy(): Promise<void>;
}

let addresses = 0;

export async function createInstance(options: { start?: boolean } = {}): Promise<Instance> {
  const home = mkdtempSync(path.join(os.tmpdir(), 'dual-'));
  const env = { ...process.env, DUAL_HOME: home, TMUX: undefined };
  const paths = resolvePaths(env);
  addresses += 1;
  const address = `127.${10 + (process.pid % 200)}.${(process.pid >> 8) % 250}.${addresses + 1}`;
  // What is fetched once serves all instances of a test run.
  const cache = path.join(os.tmpdir(), 'dual-test-cache');
  mkdirSync(cache, { recursive: true });
  mkdirSync(paths.manifests, { recursive: true });
  mkdirSync(paths.state, { recursive: true, mode: 0o700 });
  execFileSync('ln', ['-sfn', '--', cache, paths.cache]);
  writeFileSync(paths.config, stringify({ proxy: { listen: [address] } }));
  const instance = instanceOf({ home, env, paths, address });
  if (options.start !== false) await instance.start();
  return instance;
}

type Base = Pick<Instance, 'home' | 'env' | 'paths' | 'address'>;

function instanceOf(base: Base): Instance {
  const { env, paths, address } = base;
  const parts = partsOf(paths, () => installId(paths));
  const dualctl = (args: string[], input?: string): Promise<CommandResult> => command('dualctl.js', args, env, input);
  const workspace = async (name: string): Promise<Workspace> => {
    const { stdout, stderr, code } = await dualctl(['get', 'workspace', name, '-o', 'json']);
    if (code !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as Workspace;
  };
  const instance: Instance = {
    ...base,
    manifest(file, ...objects) {
      const target = path.join(paths.manifests, file);
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, objects.map((object) => stringify(object)).join('---\n'));
    },
    removeManifest: (file) => rmSync(path.join(paths.manifests, file)),
    dualctl,
    dual: (args, input) => command('dual.js', args, env, input),
    workspace,
    ready: (name, timeout = 180_000) =>
      eventually(
        async () => {
          const found = await workspace(name);
          const ready = found.status?.conditions?.find(({ type }) => type === 'Ready');
          if (ready?.status !== 'True')
            throw new Error(`${name}: ${found.status?.phase}: ${ready?.reason}: ${ready?.message}`);
          return found;
        },
        { timeout, interval: 250 },
      ),
    fetch: (url, at = address) => fetchAt(at, url),
    start: (extra = {}) => startDaemon(paths, { ...env, ...extra }),
    daemonPid: () => daemonPid(paths),
    installId: () => installId(paths),
    ...parts,
    machines: (all = true) => parts.machines(all),
    destroy: () => destroy(instance, parts),
  };
  return instance;
}

function command(script: string, args: string[], env: NodeJS.ProcessEnv, input = ''): Promise<CommandResult> {
  return new Promise((resolve) => {
    const file = path.join(packageRoot(), 'dist', script);
    const options = { env, cwd: os.tmpdir(), encoding: 'utf8' as const, maxBuffer: 64 * 1024 * 1024 };
    const child = execFile(process.execPath, [file, ...args], options, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : 255) : 0;
      resolve({ code, stdout, stderr });
    });
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
}

/** Runs the daemon as its own process group, so that a test can kill it and nothing else. */
async function startDaemon(paths: Paths, env: NodeJS.ProcessEnv): Promise<void> {
  const child: ChildProcess = spawn(
    process.execPath,
    [path.join(packageRoot(), 'dist', 'dual.js'), 'daemon', 'start'],
    { env, stdio: 'ignore' },
  );
  const code = await new Promise<number | null>((resolve) => child.on('exit', resolve));
  if (code !== 0 && !env['DUAL_CRASH_AT'])
    throw new Error(`the daemon did not start:\n${readFileSync(paths.daemonLog, 'utf8').slice(-4_000)}`);
}

async function daemonPid(paths: Paths): Promise<number> {
  const version = JSON.parse((await unixGet(paths.apiSocket, '/version')).body) as { pid: number };
  return version.pid;
}

function installId(paths: Paths): string {
  const database = new Database(paths.database, { readonly: true });
  try {
    return database.prepare<[], string>("SELECT value FROM meta WHERE name = 'install_id'").pluck().get() ?? '';
  } finally {
    database.close();
  }
}

function fetchAt(address: string, url: string): Promise<{ status: number; body: string }> {
  const { host, port, pathname, search } = new URL(url);
  return get({ host: address, port, path: pathname + search, headers: { host }, agent: false });
}

function unixGet(socketPath: string, url: string): Promise<{ status: number; body: string }> {
  return get({ socketPath, path: url, agent: false });
}

function get(options: http.RequestOptions): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = http.get({ ...options, timeout: 10_000 }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error('no answer')));
    request.on('error', reject);
  });
}

const partsOf = DRIVER === 'docker' ? dockerParts : sandboxParts;

/** Ends and removes everything of the instance, whatever state a test has left it in. */
async function destroy({ home, paths, env }: Instance, parts: Parts): Promise<void> {
  if (!existsSync(home)) return;
  const tmpDirs = workspaceTmpDirs(paths);
  await command('dual.js', ['daemon', 'stop'], env);
  try {
    // The engine may still be at work on something.
    await eventually(() => parts.cleanUp(), { timeout: 60_000, interval: 500 });
  } finally {
    rmSync(paths.cache, { force: true });
    for (const dir of [home, ...tmpDirs]) rmSync(dir, { recursive: true, force: true });
  }
}

/** They bear the names of the directories that are shared with the guests. */
function workspaceTmpDirs({ guests }: Paths): string[] {
  return existsSync(guests) ? readdirSync(guests).map((name) => path.join('/tmp', `w-${name}`)) : [];
}
