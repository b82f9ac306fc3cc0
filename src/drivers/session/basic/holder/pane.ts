import { constants } from 'node:os';
import { startOnTerminal } from '../../../../exec/terminal-process.ts';
import type { TerminalProcess, TerminalSize } from '../../../../exec/terminal-process.ts';
import type { PaneSpec, PaneState } from '../../driver.ts';
import { endProcesses, hasProcesses } from './end-processes.ts';
import type { Guard } from './guard.ts';
import type { PaneLog } from './pane-log.ts';
import { createPaneOutput } from './pane-output.ts';
import type { PaneOutput } from './pane-output.ts';
import { environmentOf, programOf } from './program.ts';

export type PaneEvent = 'ended' | 'started' | 'removed';

/** A terminal with a program on it, or with what the last one has shown. */
export interface Pane {
  readonly name: string;
  readonly log: PaneLog;
  readonly output: PaneOutput;
  state(): PaneState;
  /** Starts the first program. @throws Error when there is no terminal to be had */
  start(env: Env): void;
  /** Ends what runs in it and starts what the spec says. @throws Error when something cannot be ended */
  restart(spec: PaneSpec, env: Env): Promise<void>;
  /** Ends what runs in it, and what programs have left behind. @throws Error when something cannot be ended */
  end(): Promise<void>;
  /** Types. Resolves when more may come. */
  type(keys: Buffer): Promise<void>;
  size(): TerminalSize;
  resize(size: TerminalSize): void;
  /** The result ends it. */
  listen(listener: (event: PaneEvent) => void): () => void;
  /** Takes away its log, and tells. */
  dispose(): Promise<void>;
}

type Env = Record<string, string>;

export interface PaneContext {
  cwd: string;
  /** What programs get to know of where they are. */
  session: string;
  umask: number;
  guard: Guard;
  log: PaneLog;
}

/** What most programs expect when nobody has said anything. */
const FIRST_SIZE: TerminalSize = { rows: 24, cols: 80 };
/** Bytes that may wait for a program to read them: more than anybody pastes, since keys for the session wait behind them then. */
const TYPED_AHEAD = 16_777_216;

export function createPane(first: PaneSpec, context: PaneContext): Pane {
  const { cwd, session, umask, guard, log } = context;
  const output = createPaneOutput(log);
  const listeners = new Set<(event: PaneEvent) => void>();
  let spec = first;
  let size = FIRST_SIZE;
  let restarts = 0;
  let program: TerminalProcess | undefined;
  let isReplaced = false;
  let result: { exitCode: number; endedAt: number } | undefined;
  /** Resolves once the program has ended, and all that it wrote is kept. */
  let over = Promise.resolve();

  function tell(event: PaneEvent): void {
    // Of now: a listener may put another in its place.
    for (const listener of [...listeners]) listener(event);
  }
  function start(command: readonly string[], env: Env): void {
    const argv = programOf(command, env);
    const started = startOnTerminal({ argv, cwd, umask, size, env: environmentOf(env, { cwd, session }) });
    program = started;
    result = undefined;
    guard.add(started.pid);
    over = finish(started);
  }
  async function finish(started: TerminalProcess): Promise<void> {
    const shown = output.take(started.output).catch(() => undefined);
    const ended = await started.ended;
    const endedAt = Date.now();
    guard.remove(started.pid);
    await shown;
    result = { exitCode: exitCodeOf(ended), endedAt };
    if (!isReplaced) tell('ended');
  }
  async function end(): Promise<void> {
    if (!program) return;
    // Ours is gone and collected: who has its id now is somebody else.
    const isOurs = result === undefined || !isThere(program.pid);
    if (isOurs && (result === undefined || hasProcesses(program.pid))) await endProcesses(program.pid);
    await over;
  }

  return {
    name: first.name,
    log,
    output,
    state: () => ({
      name: first.name,
      running: result === undefined,
      ...result,
      target: spec.target,
      specHash: spec.specHash,
      restarts,
    }),
    start: (env) => start(first.command, env),
    async restart(next, env) {
      isReplaced = true;
      try {
        await end();
        start(next.command, env);
        spec = next;
        restarts += 1;
      } finally {
        isReplaced = false;
      }
      tell('started');
    },
    end,
    async type(keys) {
      const input = program?.input;
      if (!input || input.destroyed) return;
      input.write(keys);
      if (input.writableLength < TYPED_AHEAD) return;
      await new Promise<void>((resolve) => {
        for (const event of ['drain', 'close']) input.once(event, () => resolve());
      });
    },
    size: () => size,
    resize(wanted) {
      if (wanted.rows === size.rows && wanted.cols === size.cols) return;
      size = wanted;
      program?.resize(size);
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async dispose() {
      await log.remove();
      tell('removed');
    },
  };
}

function exitCodeOf(ended: { code: number } | { signal: string }): number {
  if ('code' in ended) return ended.code;
  return 128 + (constants.signals[ended.signal as NodeJS.Signals] ?? 0);
}

/** Whether there is a process with that id. */
function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
