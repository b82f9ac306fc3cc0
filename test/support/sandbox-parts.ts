import { existsSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Paths } from '../../src/config/paths.ts';
import { createBasicDriver } from '../../src/drivers/session/basic/basic.ts';
import { HolderGone, openConnection } from '../../src/drivers/session/basic/connection.ts';
import { silentLog } from '../../src/log/log.ts';
import type { Parts } from './parts.ts';

/** Sandboxes, by what is in their directories, and sessions of the backend `basic`. */
export function sandboxParts(paths: Paths, install: () => string): Parts {
  const dirs = (): string[] =>
    existsSync(paths.sandboxes) ? readdirSync(paths.sandboxes).map((name) => path.join(paths.sandboxes, name)) : [];
  const dirOf = (id: string): string => dirs().find((dir) => idOf(dir) === id)!;
  const kill = (id: string): void => void process.kill(keeperOf(dirOf(id))!, 'SIGKILL');
  return {
    machines: (all) =>
      dirs()
        .filter((dir) => all || isAlive(keeperOf(dir)))
        .flatMap((dir) => idOf(dir) ?? []),
    killMachine: kill,
    destroyMachine(id) {
      const dir = dirOf(id);
      const keeper = keeperOf(dir)!;
      // In one step, since whatever is left would be started again.
      const away = path.join(paths.state, `away-${id}`);
      renameSync(dir, away);
      process.kill(keeper, 'SIGKILL');
      rmSync(away, { recursive: true, maxRetries: 20 });
    },
    async sessions() {
      const driver = createBasicDriver({
        socket: paths.sessionSocket,
        logs: paths.paneLogs,
        command: [],
        attachCommand: [],
        install: install(),
        env: () => Promise.resolve({}),
        log: silentLog,
      });
      return (await driver.listSessions()).map(({ name }) => name);
    },
    async killSessions() {
      const pid = await holderOf(paths);
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
    },
    async cleanUp() {
      const holder = await holderOf(paths);
      if (holder !== undefined) process.kill(holder, 'SIGTERM');
      for (const keeper of dirs().map(keeperOf)) if (isAlive(keeper)) process.kill(keeper!, 'SIGKILL');
      if (dirs().some((dir) => isAlive(keeperOf(dir)))) throw new Error('a sandbox still runs');
      if (isAlive(holder)) throw new Error('the session holder still runs');
    },
  };
}

function idOf(dir: string): string | undefined {
  const file = path.join(dir, 'spec.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { id: string }).id : undefined;
}

/** Pid of the process outside with which it lives and dies; undefined when it was never started. */
function keeperOf(dir: string): number | undefined {
  const file = path.join(dir, 'run.pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split(' ')[0]) : undefined;
}

function isAlive(pid: number | undefined): boolean {
  if (pid === undefined || !existsSync(`/proc/${pid}/stat`)) return false;
  return !readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ');
}

async function holderOf({ sessionSocket }: Paths): Promise<number | undefined> {
  try {
    const { hello, socket } = await openConnection(sessionSocket);
    socket.destroy();
    return hello.pid;
  } catch (error) {
    if (error instanceof HolderGone) return undefined;
    throw error;
  }
}
