import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

/** Milliseconds in which a sandbox has to be made. */
const TIMEOUT = 30_000;
/** Of the script, when another keeper holds the lock. */
const LOCKED = 75;

/** How it went; `words` are what the script says besides, see INIT in scripts.ts. */
export type Launch = { outcome: 'ok'; words: string[] } | { outcome: 'locked' | 'failed' };

export interface LaunchOptions {
  /** The sandbox's directory, prepared. */
  dir: string;
  guestFlags: string[];
  /** All of it: what the guest gets, and what the scripts want to know. */
  env: Record<string, string>;
  /** Called when the sandbox ends, as long as this process lives. */
  onExit(): void;
}

/** Starts a sandbox, which lives on without this process. Resolves when its guest has been started, or when it has ended before. */
export async function launch({ dir, guestFlags, env, onExit }: LaunchOptions): Promise<Launch> {
  const stdio = ['ignore', 'ignore', 'ignore', 'pipe'] as const;
  const child = spawn('/bin/sh', ['./launch', ...guestFlags], { cwd: dir, env, detached: true, stdio: [...stdio] });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  await once(child, 'spawn');
  void exited.then(onExit);
  child.unref();
  const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT);
  const report = child.stdio[3] as Readable;
  try {
    const words = await untilOk(report);
    if (words) return { outcome: 'ok', words };
    return { outcome: (await exited) === LOCKED ? 'locked' : 'failed' };
  } finally {
    clearTimeout(timer);
    report.destroy();
  }
}

/** The words before the "ok"; undefined when that never comes. */
function untilOk(report: Readable): Promise<string[] | undefined> {
  return new Promise((resolve) => {
    let said = '';
    report.setEncoding('utf8');
    report.on('data', (text: string) => {
      said += text;
      const words = said.split('\n');
      if (words.includes('ok')) resolve(words.slice(0, words.indexOf('ok')));
    });
    report.once('error', () => resolve(undefined));
    report.once('close', () => resolve(undefined));
    report.once('end', () => resolve(undefined));
  });
}
