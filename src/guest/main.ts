import { ensureAccount } from './server/account.ts';
import { startCommandServer } from './server/command-server.ts';
import { createCommands } from './server/commands.ts';
import { takeConfig } from './server/config.ts';
import type { GuestConfig } from './server/config.ts';
import { baseEnvironment, machineEnvironment } from './server/environment.ts';
import { dropGroups } from './server/identity.ts';
import { closeInheritedFiles } from './server/inherited-files.ts';
import { listenPrivately } from './server/listen.ts';
import { createPortWatch } from './server/port-watch.ts';
import { resembleHost } from './server/resemble-host.ts';
import { createGuestServer } from './server/server.ts';

/** Milliseconds after which it ends whatever is left of its commands: the machine ends with it, and kills them. */
const STOP_TIMEOUT = 1700;
/** Milliseconds in which callers get to know how their commands ended. */
const FAREWELL = 50;

main(takeConfig(process.env));

/** The main process of every machine: answers on its socket until it is told to stop. */
function main(config: GuestConfig): void {
  // A name of its own, whatever its runtime calls itself: nobody who ends "node" by name means this one.
  process.title = 'guest';
  closeInheritedFiles();
  dropGroups();
  if (config.image) resembleHost(config.image, process.env, complain);
  const shell = ensureAccount(config.user);
  const env = baseEnvironment({ ...process.env, ...config.env }, config.user, shell);
  const commands = createCommands({ user: config.user, env });
  const server = createGuestServer({ version: config.version, commands, ports: createPortWatch() });
  server.once('error', (error) => {
    complain(error);
    process.exit(1);
  });
  const directory = listenPrivately(server, config.socket, config.user);
  const commandServer = startCommandServer({
    user: config.user,
    env: machineEnvironment(env, config.own),
    directory,
    complain,
  });
  const stop = (): void => {
    setTimeout(() => process.exit(0), STOP_TIMEOUT);
    const ended = Promise.all([commands.killAll(), commandServer.stop()]);
    void ended.then(() => setTimeout(() => process.exit(0), FAREWELL));
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
  surviveErrors();
}

// The machine ends with this process, and everything in it: one broken connection must not be enough for that.
function surviveErrors(): void {
  process.on('uncaughtException', complain);
  process.stderr.on('error', () => undefined);
}

function complain(error: unknown): void {
  process.stderr.write(`guest: ${error instanceof Error ? error.stack : String(error)}\n`);
}
