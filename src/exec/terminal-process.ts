import { chownSync } from 'node:fs';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { ptyAddon } from './pty-addon.ts';
import { openTerminal } from './terminal.ts';

export interface TerminalSize {
  rows: number;
  cols: number;
}

export interface TerminalProgram {
  argv: readonly string[];
  cwd: string;
  /** All of it. */
  env: Readonly<Record<string, string>>;
  umask: number;
  /** To run under; this process's own where left out. */
  ids?: { uid?: number; gid?: number };
  size: TerminalSize;
}

/** A program on a terminal of its own, as leader of a session. */
export interface TerminalProcess {
  pid: number;
  /** What is typed. */
  input: Writable;
  /** What it shows. Ends with the program, after the last byte. */
  output: Readable;
  /** Nothing to do when the program has ended. */
  resize(size: TerminalSize): void;
  /** Resolves when the program itself has ended. */
  ended: Promise<{ code: number } | { signal: string }>;
}

/** Starts a program on a new terminal. @throws Error when there is no terminal to be had */
export function startOnTerminal(program: TerminalProgram): TerminalProcess {
  const { fd, pid, pty, ended } = fork(program);
  const terminal = openTerminal(fd, pty);
  // Made by root, but programs open their terminal by name.
  if (program.ids?.uid !== undefined) chownSync(pty, program.ids.uid, -1);
  void ended.then(() => terminal.finish());
  return {
    pid,
    input: terminal.input,
    output: terminal.output,
    resize({ rows, cols }) {
      if (terminal.isOpen()) ptyAddon().resize(fd, cols, rows);
    },
    ended,
  };
}

interface Forked extends Pick<TerminalProcess, 'pid' | 'ended'> {
  fd: number;
  /** Path of the side that the program has. */
  pty: string;
}

function fork({ argv, cwd, env, umask, ids = {}, size }: TerminalProgram): Forked {
  const [file = '', ...args] = argv;
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const { uid = -1, gid = -1 } = ids;
  let onExit: (code: number, signal: number) => void = () => undefined;
  const ended: TerminalProcess['ended'] = new Promise((resolve) => {
    onExit = (code, signal) => resolve(signal === 0 ? { code } : { signal: signalName(signal) });
  });
  const before = process.umask(umask);
  try {
    return { ...ptyAddon().fork(file, args, variables, cwd, size.cols, size.rows, uid, gid, true, '', onExit), ended };
  } finally {
    process.umask(before);
  }
}

function signalName(number: number): string {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? 'SIGKILL';
}
