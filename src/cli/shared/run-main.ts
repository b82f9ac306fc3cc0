import os from 'node:os';
import { systemClock } from '../../clock/clock.ts';
import { resolvePaths } from '../../config/paths.ts';
import type { Context, Output } from './context.ts';
import { reportError } from './errors.ts';

/** A whole program: gives its exit code, 0 when left out. */
export type Main = (context: Context) => Promise<number | void>;

/** Runs `main` on a process, this one by default, and exits with its code. To be called by entry points alone. */
export async function runMain(main: Main, host: NodeJS.Process = process): Promise<never> {
  const interruption = createInterruption(host);
  const context = processContext(host, interruption.signal);
  const onBrokenOutput = (error: NodeJS.ErrnoException): void => {
    // `dualctl get ws | head -1`: whoever read the output has gone, so there is nobody to tell.
    if (error.code === 'EPIPE') host.exit(128 + os.constants.signals.SIGPIPE);
    throw error;
  };
  for (const stream of [host.stdout, host.stderr]) stream.on('error', onBrokenOutput);
  const code = await runWith(context, main);
  await Promise.all([flushed(host.stdout), flushed(host.stderr)]);
  return host.exit(interruption.exitCode() ?? code);
}

/** Runs `main`, prints what it throws, and gives the exit code. */
export async function runWith(context: Context, main: Main): Promise<number> {
  try {
    return (await main(context)) ?? 0;
  } catch (error) {
    return reportError(error, context.stderr);
  }
}

function processContext(host: NodeJS.Process, interruption: () => AbortSignal): Context {
  return {
    args: host.argv.slice(2),
    env: host.env,
    cwd: host.cwd(),
    home: os.homedir(),
    stdin: host.stdin,
    stdout: host.stdout,
    stderr: host.stderr,
    clock: systemClock,
    paths: resolvePaths(host.env),
    interruption,
  };
}

interface Interruption {
  signal(): AbortSignal;
  /** 128 + the signal's number, when one came. */
  exitCode(): number | undefined;
}

function createInterruption(host: NodeJS.Process): Interruption {
  let controller: AbortController | undefined;
  let code: number | undefined;
  const onSignal = (name: 'SIGINT' | 'SIGTERM'): void => {
    const number = 128 + os.constants.signals[name];
    // Asked twice: the command does not come to an end by itself.
    if (code !== undefined) host.exit(number);
    code = number;
    controller?.abort();
  };
  return {
    signal: () => {
      if (!controller) {
        controller = new AbortController();
        host.on('SIGINT', onSignal).on('SIGTERM', onSignal);
      }
      return controller.signal;
    },
    exitCode: () => code,
  };
}

async function flushed(stream: Output): Promise<void> {
  await new Promise<void>((resolve) => {
    stream.write('', () => {
      resolve();
    });
  });
}
