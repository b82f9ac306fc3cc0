import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../clock/clock.ts';
import { poll, spawnDetached } from '../exec/detached.ts';
import type { Log } from '../log/log.ts';
import { isUsable, type ControlClient } from './control-client.ts';
import type { ProxyHello } from './protocol.ts';

export interface ProxyProcess {
  /** Path of the control socket. */
  socket: string;
  /** IP addresses to listen on. */
  listen: string[];
  /** Directory of the certificate authority's files, where there may be some. */
  ca: string;
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

/**
 * Makes sure that a proxy of this version and these addresses runs: takes over the one that does, else ends it and starts another.
 * @throws Error that says why there is none
 */
export async function ensureProxy(options: ProxyProcess, client: ControlClient): Promise<ProxyHello> {
  const running = await client.hello();
  if (running && isUsable(running, options)) return running;
  if (running) {
    options.log.info({ running }, 'replacing the proxy');
    await stopProxy(client);
  }
  return start(options, client);
}

/** Ends the proxy, if there is one, and waits until it no longer answers. @throws Error when it goes on answering */
export async function stopProxy(client: ControlClient): Promise<void> {
  if (!(await client.hello())) return;
  await client.shutdown();
  const gone = await poll(STOP_TIMEOUT_MS, async () => ((await client.hello()) ? undefined : true));
  if (!gone) throw new Error(`the proxy does not end within ${STOP_TIMEOUT_MS / 1000} s`);
}

async function start(options: ProxyProcess, client: ControlClient): Promise<ProxyHello> {
  const { socket, listen, ca, version, logFile } = options;
  const args = ['--socket', socket, '--listen', listen.join(), '--ca', ca, '--version', version];
  mkdirSync(path.dirname(socket), { recursive: true, mode: 0o700 });
  const child = spawnDetached({ command: [...options.command, ...args], what: 'the proxy', logFile });
  const hello = await poll(START_TIMEOUT_MS, async () => {
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
