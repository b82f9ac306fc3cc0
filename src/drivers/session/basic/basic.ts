import { access } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { REASON } from '../../../api/conditions.ts';
import { RetryError, StalledError } from '../../../errors/reconcile-errors.ts';
import { ptyAddon } from '../../../exec/pty-addon.ts';
import { createLineReader } from '../line-reader.ts';
import type { Session, SessionDriver, SessionSpec } from '../driver.ts';
import { attachTo } from './attach-command.ts';
import type { AttachOptions } from './attach-command.ts';
import { createHolderClient, isGone } from './client.ts';
import { HolderRefusal } from './connection.ts';
import { readLastLines } from './log-tail.ts';
import type { History, LogFiles, Output, Request, SessionList } from './protocol.ts';
import { ensureHolder } from './start-holder.ts';
import type { HolderProcess } from './start-holder.ts';
import { watchHolder } from './watch.ts';

export interface BasicDriverOptions extends HolderProcess, AttachOptions {
  /** This install's id: sessions of others are left alone. */
  install: string;
}

type Follow = Parameters<SessionDriver['follow']>;

/** How often a holder that was just about to end is replaced. */
const ATTEMPTS = 5;

/**
 * Sessions without tmux: background processes on terminals of their own, all held by one process, which goes on when this one
 * ends. It is started with the first session and ends with the last.
 */
export function createBasicDriver(options: BasicDriverOptions): SessionDriver {
  const { install, env, log } = options;
  const contacts = new EventTarget();
  const client = createHolderClient(options.socket, () => contacts.dispatchEvent(new Event('contact')));
  let starting: Promise<void> | undefined;

  return {
    name: 'basic',
    probe: () => Promise.resolve(probe()),
    listSessions,
    getSession,
    isAlive: async (name) => (await getSession(name))?.panes.some((pane) => pane.running) ?? false,
    createSession,
    addPane: (session, pane) =>
      explained(async () => client.ask({ op: 'add', install, session, pane, env: await env() })),
    restartPane: (session, pane) =>
      explained(async () => client.ask({ op: 'restart', install, session, pane, env: await env() })),
    removePane: (session, pane) => ifThere({ op: 'remove', install, session, pane }),
    destroy: (session) => ifThere({ op: 'destroy', install, session }),
    attach: (session) => attachTo(options, session),
    detach: (session) => ifThere({ op: 'detach', install, session }),
    async capture(session, pane, lines) {
      const { files } = await explained(() => client.ask<LogFiles>({ op: 'log', install, session, pane }));
      return readLastLines(files, lines);
    },
    follow,
    watch(onChange, signal) {
      void watchHolder({ client, install, contacts, onChange, signal, log });
    },
  };

  async function listSessions(): Promise<Session[]> {
    return (await explained(() => client.askIfThere<SessionList>({ op: 'list', install }))) ?? [];
  }

  async function getSession(name: string): Promise<Session | undefined> {
    return (await listSessions()).find((session) => session.name === name);
  }

  async function createSession(spec: SessionSpec): Promise<void> {
    await refuseMissing(spec);
    await explained(async () => {
      const message: Request = { op: 'create', install, spec, env: await env() };
      for (let attempt = 1; ; attempt++) {
        await started();
        try {
          return await client.ask(message);
        } catch (error) {
          if (!isGone(error) || attempt === ATTEMPTS) throw error;
          await pause(attempt * 20);
        }
      }
    });
  }

  function started(): Promise<void> {
    starting ??= ensureHolder(options, client).finally(() => {
      starting = undefined;
    });
    return starting;
  }

  async function ifThere(message: Request): Promise<void> {
    await explained(() => client.askIfThere(message));
  }

  async function* follow(...[session, pane, signal, lines = 0]: Follow): AsyncGenerator<string> {
    const text = createLineReader();
    const message: Request = { op: 'follow', install, session, pane, history: lines > 0 };
    try {
      for await (const piece of client.stream<History | Output>(message, signal)) {
        if ('history' in piece) yield* text.push(Buffer.from(piece.history, 'base64')).slice(-lines);
        else if ('data' in piece) yield* text.push(Buffer.from(piece.data, 'base64'));
        else yield* [...text.end(), `\n[${piece.skipped} bytes left out]\n`];
      }
    } catch (error) {
      throw explain(error);
    }
    yield* text.end();
  }
}

function probe(): { available: boolean; message: string } {
  if (process.platform !== 'linux')
    return { available: false, message: `not made for ${process.platform}; install tmux` };
  try {
    ptyAddon();
    return { available: true, message: 'background processes with logs; nothing needs to be installed' };
  } catch (error) {
    return { available: false, message: `no terminals can be made: ${(error as Error).message}` };
  }
}

/** The holder could only tell when it is too late. */
async function refuseMissing({ name, cwd }: SessionSpec): Promise<void> {
  try {
    await access(cwd);
  } catch (error) {
    const message = `session ${name} cannot start: ${cwd} cannot be entered`;
    throw new RetryError(REASON.sessionUnavailable, message, { cause: error });
  }
}

async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explain(error);
  }
}

function explain(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const Kind = error instanceof HolderRefusal && error.code === 'Taken' ? StalledError : RetryError;
  return new Kind(REASON.sessionUnavailable, error.message, { cause: error });
}
