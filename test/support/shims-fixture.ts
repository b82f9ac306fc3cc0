import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { packageRoot } from '../../src/config/package-root.ts';
import { guestDir, resolvePaths, shimsDir } from '../../src/config/paths.ts';
import type { Paths } from '../../src/config/paths.ts';
import { createShims } from '../../src/shims/directory.ts';
import type { Shims, ShimsSpec } from '../../src/shims/shims.ts';
import { startStandInMachine } from './stand-in-machine.ts';
import type { StandInMachine } from './stand-in-machine.ts';
import type { CommandResult } from './instance.ts';

/** Shims with what is behind them: a worktree, a host with programs, and a machine that is a command server with others. */
export interface ShimsFixture {
  home: string;
  paths: Paths;
  spec: ShimsSpec;
  /** Of the Workspace's shims. */
  dir: string;
  shims: Shims;
  /** As another version of Dual, or one that lies elsewhere, would make them. */
  shimsOf(lib: string): Shims;
  /** Puts a script into the PATH of the machine or of the host. */
  program(place: 'machine' | 'host', name: string, script: string): void;
  /** A file of the worktree that can be run. */
  inWorktree(file: string): void;
  startMachine(): Promise<StandInMachine>;
  /** Names that have a shim. */
  names(): string[];
  /** As a shell in a pane runs it. */
  bash(script: string, options?: { cwd?: string; env?: Record<string, string> }): Promise<CommandResult>;
  close(): Promise<void>;
}

const LIB = path.join(packageRoot(), 'src/shims');

export function createShimsFixture(home = mkdtempSync(path.join(os.tmpdir(), 'dual-'))): ShimsFixture {
  const root = realpathSync(home);
  const paths = resolvePaths({ DUAL_HOME: root });
  const worktree = path.join(root, 'worktree');
  const places = { machine: path.join(root, 'machine'), host: path.join(root, 'host') };
  for (const dir of [worktree, ...Object.values(places)]) mkdirSync(dir, { recursive: true });
  const login = { PATH: `${places.host}:/usr/bin:/bin`, HOME: root };
  const spec: ShimsSpec = {
    uid: 'uid-1',
    workspace: 'shop-main',
    worktree,
    visible: [],
    commands: { container: [], host: [] },
    env: {},
    machine: 'm1',
  };
  const dir = shimsDir(paths, spec.uid);
  const dual = [path.join(root, 'dual')];
  const shimsOf = (lib: string): Shims => createShims({ paths, lib, dual, env: () => Promise.resolve(login) });
  const shims = shimsOf(LIB);
  const servers: StandInMachine[] = [];
  const put = (file: string, script: string): void => {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
  };
  return {
    home: root,
    paths,
    spec,
    dir,
    shims,
    shimsOf,
    program: (place, name, script) => put(path.join(places[place], name), script),
    inWorktree: (file) => put(path.join(worktree, file), 'exit'),
    async startMachine() {
      const env = { PATH: `${places.machine}:/usr/bin:/bin` };
      const server = await startStandInMachine(guestDir(paths, spec.uid), env);
      servers.push(server);
      return server;
    },
    names: () => readdirSync(path.join(dir, 'bin')).sort(),
    async bash(script, { cwd = worktree, env = {} } = {}) {
      const pane = await shims.environment(spec);
      return bash(script, { cwd, env: { ...login, ...pane, ...env } });
    },
    async close() {
      for (const server of servers) await server.stop();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function bash(script: string, options: { cwd: string; env: Record<string, string> }): Promise<CommandResult> {
  return new Promise((resolve) => {
    execFile('bash', ['-c', script], options, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : 255) : 0;
      resolve({ code, stdout, stderr });
    });
  });
}
