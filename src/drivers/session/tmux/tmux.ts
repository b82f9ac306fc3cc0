import { access, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { REASON } from '../../../api/conditions.ts';
import { RetryError, StalledError } from '../../../errors/reconcile-errors.ts';
import { CommandError, lastLine, run } from '../../../exec/run.ts';
import type { Log } from '../../../log/log.ts';
import { recently } from '../../recently.ts';
import type { PaneSpec, SessionDriver, SessionSpec } from '../driver.ts';
import { createTmux, isServerGone, isUnknown } from './command.ts';
import type { Command } from './command.ts';
import { followPane } from './follow.ts';
import { withoutNotice } from './history.ts';
import { LIST_COMMANDS, parseSessions, tmuxName } from './format.ts';
import type { TmuxPane, TmuxSession } from './format.ts';
import { endProcesses } from './processes.ts';
import { COLLECT, createCommands, respawnCommands, splitCommands, windowForPane } from './script.ts';
import { watchServer } from './watch.ts';

export interface TmuxDriverOptions {
  /** Of a server that is nobody else's. */
  socket: string;
  /** This install's id: sessions of others are left alone. */
  install: string;
  /** What panes get: the login shell's environment. */
  env: () => Promise<Record<string, string>>;
  log: Log;
}

type Follow = Parameters<SessionDriver['follow']>;

const MINIMUM = { major: 3, minor: 2 };
/** Milliseconds for which an answer of the probe holds. */
const PROBE_AGE = 30_000;

/** Sessions on a tmux server of its own, with the user's own tmux.conf. The server goes on when this process ends. */
export function createTmuxDriver({ socket, install, env, log }: TmuxDriverOptions): SessionDriver {
  const tmux = createTmux(socket, env);
  /** Of sessions whose name with tmux is another one. */
  const realNames = new Map<string, string>();

  const driver: SessionDriver = {
    name: 'tmux',
    probe: recently(() => probe(env), PROBE_AGE),
    listSessions,
    getSession: find,
    isAlive: async (name) => (await find(name))?.panes.some((pane) => pane.running) ?? false,
    createSession,
    addPane,
    restartPane,
    removePane,
    destroy,
    attach: (name) => ({
      file: 'tmux',
      args: ['-u', '-S', socket, 'attach-session', '-t', `=${tmuxName(name)}`],
      // Empty: within a tmux of the user's own, tmux would refuse otherwise.
      env: { TMUX: '' },
    }),
    detach: (name) => explained(() => ifThere(tmux.run([['detach-client', '-s', `=${tmuxName(name)}`]]))),
    capture,
    follow,
    watch(onChange, signal) {
      const report = (name: string | undefined): void => onChange(name && (realNames.get(name) ?? name));
      watchServer({ tmux, socket, onChange: report, signal }).catch((error: unknown) => {
        log.error({ err: error }, 'terminal sessions are not watched any more');
      });
    },
  };
  return driver;

  async function listSessions(): Promise<TmuxSession[]> {
    return explained(async () => {
      const sessions = parseSessions((await tmux.ask(LIST_COMMANDS)) ?? '', install);
      if (sessions.some(({ panes }) => panes.some(isHalfDead))) await tmux.ask([COLLECT]);
      for (const { name } of sessions) realNames.set(tmuxName(name), name);
      return sessions;
    });
  }

  async function find(name: string): Promise<TmuxSession | undefined> {
    return (await listSessions()).find((session) => session.name === name);
  }

  async function createSession(spec: SessionSpec): Promise<void> {
    await refuseMissing(spec);
    await mkdir(path.dirname(socket), { recursive: true, mode: 0o700 });
    realNames.set(tmuxName(spec.name), spec.name);
    try {
      await tmux.run([...createCommands(spec, install), COLLECT], { cwd: spec.cwd, start: true });
    } catch (error) {
      await completeSession(spec, error);
    }
  }

  /** It was there before, or not all panes found room: then each gets what it can. */
  async function completeSession(spec: SessionSpec, error: unknown): Promise<void> {
    const isDuplicate = error instanceof CommandError && error.stderr.includes('duplicate session');
    const session = await find(spec.name);
    if (session && isDuplicate) return;
    if (isDuplicate) {
      const message = `a session named ${tmuxName(spec.name)} is there that Dual did not make; end it with: tmux -S '${socket}' kill-session -t '=${tmuxName(spec.name)}'`;
      throw new StalledError(REASON.sessionUnavailable, message, { cause: error });
    }
    if (!session) throw explain(error);
    for (const pane of spec.panes) await addPane(spec.name, pane);
  }

  async function addPane(sessionName: string, pane: PaneSpec): Promise<void> {
    const session = await mustFind(sessionName);
    if (session.panes.some(({ name }) => name === pane.name)) return;
    const window = (session.panes.at(-1) ?? session.others.at(-1))?.window ?? `${session.id}:`;
    const inCwd = (commands: Command[]): Promise<string> => tmux.run([...commands, COLLECT], { cwd: session.cwd });
    try {
      await inCwd(splitCommands(window, pane));
    } catch (error) {
      if (!(error instanceof CommandError && error.stderr.includes('no space'))) throw explain(error);
      await explained(() => inCwd(windowForPane(`${session.id}:`, pane)));
    }
  }

  async function restartPane(sessionName: string, spec: PaneSpec): Promise<void> {
    const session = await mustFind(sessionName);
    const pane = session.panes.find(({ name }) => name === spec.name);
    if (!pane) return addPane(sessionName, spec);
    await end([pane]);
    await explained(() => tmux.run([...respawnCommands(pane.id, spec, pane.restarts + 1), COLLECT]));
  }

  async function removePane(sessionName: string, paneName: string): Promise<void> {
    const session = await find(sessionName);
    const pane = session?.panes.find(({ name }) => name === paneName);
    if (!session || !pane) return;
    await end([pane]);
    if (session.panes.length + session.others.length === 1) return;
    await explained(() => ifThere(tmux.run([['kill-pane', '-t', pane.id]])));
  }

  /** What runs goes first: a session that is gone would not tell the next call what is left of it. */
  async function destroy(name: string): Promise<void> {
    const session = await find(name);
    if (!session) return;
    await end([...session.panes, ...session.others]);
    await explained(() => ifThere(tmux.run([['kill-session', '-t', session.id]])));
  }

  async function end(panes: readonly Pick<TmuxPane, 'tty' | 'running'>[]): Promise<void> {
    const ttys = panes.filter(({ running, tty }) => running && tty !== '').map(({ tty }) => tty);
    await explained(async () => endProcesses(ttys, await env()));
  }

  async function capture(sessionName: string, paneName: string, lines: number): Promise<string> {
    const pane = await mustFindPane(sessionName, paneName);
    if (lines === 0) return '';
    const start = `-${lines}`;
    const shown = await explained(() => tmux.run([['capture-pane', '-p', '-J', '-S', start, '-t', pane.id]]));
    const text = shown.split('\n').map((line) => line.trimEnd());
    return withoutNotice(text, pane).slice(-lines).join('\n');
  }

  async function* follow(...[sessionName, paneName, signal, lines]: Follow): AsyncGenerator<string> {
    const { id, running } = await mustFindPane(sessionName, paneName);
    yield* followPane(tmux, { session: `=${tmuxName(sessionName)}`, id, running }, signal, lines);
  }

  async function mustFind(name: string): Promise<TmuxSession> {
    const session = await find(name);
    if (!session) throw new RetryError(REASON.sessionUnavailable, `session ${name} is not there`);
    return session;
  }

  async function mustFindPane(sessionName: string, paneName: string): Promise<TmuxPane> {
    const { panes } = await mustFind(sessionName);
    const pane = panes.find(({ name }) => name === paneName);
    if (pane) return pane;
    const there = panes.map(({ name }) => name).join(', ');
    throw new RetryError(REASON.sessionUnavailable, `session ${sessionName} has no pane "${paneName}", only: ${there}`);
  }
}

async function probe(env: () => Promise<Record<string, string>>): Promise<{ available: boolean; message: string }> {
  try {
    const { stdout } = await run('tmux', ['-V'], { env: await env(), timeout: 5000 });
    const version = stdout.trim();
    if (!isOld(version)) return { available: true, message: version };
    const message = `${version} is too old; install tmux ${MINIMUM.major}.${MINIMUM.minor} or newer`;
    return { available: false, message };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return {
      available: false,
      message: `${error.message}; install it with: apt-get install tmux, or: brew install tmux`,
    };
  }
}

/** Its terminal is closed, and how it ended not known: most often for a moment only. What it causes to be told comes as a change. */
function isHalfDead({ running, exitCode }: TmuxPane): boolean {
  return !running && exitCode === undefined;
}

/** A build from source may have no number: it is taken for a new one. */
function isOld(version: string): boolean {
  const [, major, minor] = /(\d+)\.(\d+)/.exec(version) ?? [];
  if (major === undefined) return false;
  return Number(major) < MINIMUM.major || (Number(major) === MINIMUM.major && Number(minor) < MINIMUM.minor);
}

/** tmux would start in the home directory without a word. */
async function refuseMissing({ name, cwd }: SessionSpec): Promise<void> {
  try {
    await access(cwd);
  } catch (error) {
    throw new RetryError(REASON.sessionUnavailable, `session ${name} cannot start: ${cwd} cannot be entered`, {
      cause: error,
    });
  }
}

/** What is gone already needs not be ended. */
async function ifThere(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    const hasNone = error instanceof CommandError && /no current client|no clients/.test(error.stderr);
    if (!isServerGone(error) && !isUnknown(error) && !hasNone) throw error;
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
  if (!(error instanceof CommandError)) return error;
  const reason = error.code === 'Failed' ? `tmux: ${lastLine(error.stderr)}` : error.message;
  return new RetryError(REASON.sessionUnavailable, reason, { cause: error });
}
