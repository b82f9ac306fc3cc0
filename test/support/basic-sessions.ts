import { rm } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { packageRoot } from '../../src/config/package-root.ts';
import { createBasicDriver } from '../../src/drivers/session/basic/basic.ts';
import { openConnection } from '../../src/drivers/session/basic/connection.ts';
import type { SessionDriver } from '../../src/drivers/session/driver.ts';
import { silentLog } from '../../src/log/log.ts';
import { eventually } from './eventually.ts';
import { isRunning } from './processes.ts';

const folder = path.join(packageRoot(), 'src/drivers/session/basic');
/** Among the packages, where the addon that makes terminals is found; of this process alone. */
const bundles = path.join(packageRoot(), `node_modules/.cache/dual/sessions-${process.pid}`);

export interface Programs {
  command: string[];
  attachCommand: string[];
  /** Takes the programs away. */
  remove(): Promise<void>;
}

/** The session holder and the program that attaches, made from the sources as they are. */
export async function bundleSessions(): Promise<Programs> {
  await build({
    entryPoints: { sessions: path.join(folder, 'holder/main.ts'), attach: path.join(folder, 'attach/main.ts') },
    outdir: bundles,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
  });
  return {
    command: [process.execPath, path.join(bundles, 'sessions.mjs')],
    attachCommand: [process.execPath, path.join(bundles, 'attach.mjs')],
    remove: () => rm(bundles, { recursive: true }),
  };
}

export function socketIn(dir: string): string {
  return path.join(dir, 's', 'sessions.sock');
}

export function logsIn(dir: string): string {
  return path.join(dir, 's', 'panes');
}

/** A driver with a place of its own in `dir`. */
export function basicDriver(
  programs: Programs,
  options: { dir: string; install: string; env: Record<string, string> },
): SessionDriver {
  const { dir, install, env } = options;
  const { command, attachCommand } = programs;
  return createBasicDriver({
    socket: socketIn(dir),
    logs: logsIn(dir),
    command,
    attachCommand,
    install,
    env: () => Promise.resolve(env),
    log: silentLog,
  });
}

/** The process that holds the sessions of that directory. */
export async function holderOf(dir: string): Promise<number | undefined> {
  try {
    const { hello, socket } = await openConnection(socketIn(dir));
    socket.destroy();
    return hello.pid;
  } catch (error) {
    if ((error as Error).name === 'HolderGone') return undefined;
    throw error;
  }
}

/** Ends it, and waits until it has gone with all its programs. Nothing to do when there is none. */
export async function endHolder(dir: string): Promise<void> {
  const pid = await holderOf(dir);
  if (pid === undefined) return;
  process.kill(pid, 'SIGTERM');
  await eventually(async () => {
    if (await isRunning(pid)) throw new Error(`the session holder ${pid} does not end`);
  });
}
