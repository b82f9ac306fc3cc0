import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../clock/clock.ts';
import type { Log } from '../log/log.ts';
import { isUsable, type ControlClient } from './control-client.ts';
import type { ProxyHello } from './protocol.ts';

export interface ProxyProcess {
  /** Path of the control socket. */
  socket: string;
  /** IP addresses to listen on. */
  listen: string[];
  version: string;
  /** Program and arguments that start src/proxy/main.ts; what it is to do is added. */
  command: string[];
  /** Where its output goes. */
  logFile: string;
  clock: Clock;
  log: Log;
}

const START_TIMEOUT_MS = 15_000;
const STOP_TIMEOUT_MS = 10_000;
const POLL_MS = 25;

/**
 * Makes sure that a proxy of this version and these addresses runs: takes over the one that does, else ends it and starts another.
 * @throws Error that says why there is none
 */
export async function ensureProxy(options: ProxyProcess, client: ControlClient): Promise<ProxyHello> {
  const running = await client.hello();
  if (running && isUsable(running, options)) return running;
  if (running) {
    options.log.info({ running }, 'replacing the proxy');
    await stopProxy(options.clock, client);
  }
  return start(options, client);
}

/** Ends the proxy, if there is one, and waits until it no longer answers. @throws Error when it goes on answering */
export async function stopProxy(clock: Clock, client: ControlClient): Promise<void> {
  if (!(await client.hello())) return;
  await client.shutdown();
  const gone = await poll(clock, STOP_TIMEOUT_MS, async () => ((await client.hello()) ? undefined : true));
  if (!gone) throw new Error(`the proxy does not end within ${STOP_TIMEOUT_MS / 1000} s`);
}

async function start(options: ProxyProcess, client: ControlClient): Promise<ProxyHello> {
  const child = spawnDetached(options);
  const hello = await poll(options.clock, START_TIMEOUT_MS, async () => {
    const answer = await client.hello();
    // One that ends well has found another one at work.
    if (!answer && child.failure) throw new Error(`${child.failure}; its log is ${options.logFile}`);
    return answer;
  });
  if (!hello)
    throw new Error(`the proxy did not start within ${START_TIMEOUT_MS / 1000} s; its log is ${options.logFile}`);
  if (isUsable(hello, options)) return hello;
  throw new Error(`a proxy of version ${hello.version} on ${hello.listen.join()} has come up in its place`);
}

/** In a session of its own, with nothing of ours open, so that it outlives us and no ^C reaches it. */
function spawnDetached({ command, socket, listen, version, logFile }: ProxyProcess): { failure?: string } {
  const [program = process.execPath, ...args] = command;
  mkdirSync(path.dirname(socket), { recursive: true, mode: 0o700 });
  const log = openSync(logFile, 'a', 0o600);
  const options = ['--socket', socket, '--listen', listen.join(), '--version', version];
  const child = spawn(program, [...args, ...options], { detached: true, stdio: ['ignore', log, log], cwd: '/' });
  closeSync(log);
  child.unref();
  const result: { failure?: string } = {};
  child.on('error', (error) => {
    result.failure = `the proxy could not be started: ${error.message}`;
  });
  child.on('exit', (code, signal) => {
    if (code !== 0) result.failure = `the proxy has ended (${signal ?? `exit code ${code}`})`;
  });
  return result;
}

async function poll<T>(clock: Clock, timeout: number, check: () => Promise<T | undefined>): Promise<T | undefined> {
  const deadline = clock.now() + timeout;
  for (;;) {
    const result = await check();
    if (result !== undefined || clock.now() > deadline) return result;
    await sleep(POLL_MS);
  }
}
