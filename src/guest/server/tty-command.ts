import { chownSync } from 'node:fs';
import { constants } from 'node:os';
import { Transform } from 'node:stream';
import type { Writable } from 'node:stream';
import type { ExecRequest, ExecResult } from '../protocol.ts';
import type { Command, CommandSpec } from './command.ts';
import { ptyAddon } from '../../exec/pty-addon.ts';
import { openTerminal } from '../../exec/terminal.ts';

/** ^D: what a terminal makes an end of input of. */
const END_OF_TRANSMISSION = Buffer.of(4);

interface Forked {
  fd: number;
  pid: number;
  /** Path of the side that the command has. */
  pty: string;
  ended: Promise<ExecResult>;
}

/** Starts a command on a terminal of its own. @throws Error when there is no terminal to be had */
export function startOnTerminal(spec: CommandSpec, size: NonNullable<ExecRequest['tty']>): Command {
  const { fd, pid, pty, ended } = fork(spec, size);
  const terminal = openTerminal(fd, pty);
  // Made by root, but programs open their terminal by name.
  if (spec.ids.uid !== undefined) chownSync(pty, spec.ids.uid, -1);
  void ended.then(() => terminal.finish());
  return {
    pid,
    stdin: keyboard(terminal.input),
    stdout: terminal.output,
    resize(rows, cols) {
      if (terminal.isOpen()) ptyAddon().resize(fd, cols, rows);
    },
    ended,
  };
}

function fork(spec: CommandSpec, size: { rows: number; cols: number }): Forked {
  const { argv, cwd, umask } = spec.request;
  const [file = '', ...args] = argv;
  const env = Object.entries(spec.env).map(([name, value]) => `${name}=${value}`);
  const { uid = -1, gid = -1 } = spec.ids;
  let onExit: (code: number, signal: number) => void = () => undefined;
  const ended = new Promise<ExecResult>((resolve) => {
    onExit = (code, signal) => resolve(signal === 0 ? { code } : { signal: signalName(signal) });
  });
  const before = process.umask(umask);
  try {
    return { ...ptyAddon().fork(file, args, env, cwd, size.cols, size.rows, uid, gid, true, '', onExit), ended };
  } finally {
    process.umask(before);
  }
}

/** What is typed. Its end is ^D, as a person would type it. */
function keyboard(terminal: Writable): Transform {
  const input = new Transform({
    transform: (chunk, _encoding, callback) => callback(null, chunk),
    flush: (callback) => callback(null, END_OF_TRANSMISSION),
  });
  input.pipe(terminal, { end: false });
  return input;
}

function signalName(number: number): string {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? 'SIGKILL';
}
