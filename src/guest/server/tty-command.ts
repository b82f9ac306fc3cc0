import { chownSync } from 'node:fs';
import { constants } from 'node:os';
import { Transform } from 'node:stream';
import { ReadStream } from 'node:tty';
import type { ExecResult } from '../protocol.ts';
import type { Command, CommandSpec } from './command.ts';
import { ptyAddon } from './pty-addon.ts';

type Size = { rows: number; cols: number };

/** ^D: what a terminal makes an end of input of. */
const END_OF_TRANSMISSION = Buffer.of(4);

/** Starts a command on a terminal of its own. @throws Error when there is no terminal to be had */
export function startOnTerminal(spec: CommandSpec, size: Size): Command {
  const { fd, pid, pty, ended } = fork(spec, size);
  // Made by root, but programs open their terminal by name.
  if (spec.ids.uid !== undefined) chownSync(pty, spec.ids.uid, -1);
  const terminal = new ReadStream(fd);
  let open = true;
  terminal.once('close', () => (open = false));
  // EIO is how a terminal says that nobody is left on its other side.
  terminal.on('error', () => terminal.destroy());
  return {
    pid,
    stdin: inputOf(terminal),
    stdout: terminal,
    resize: (rows, cols) => {
      if (open) ptyAddon().resize(fd, cols, rows);
    },
    ended,
  };
}

function fork(spec: CommandSpec, size: Size): { fd: number; pid: number; pty: string; ended: Promise<ExecResult> } {
  const { argv, cwd, umask } = spec.request;
  const [file = '', ...args] = argv;
  const env = Object.entries(spec.env).map(([name, value]) => `${name}=${value}`);
  const { uid = -1, gid = -1 } = spec.ids;
  let exited: (code: number, signal: number) => void = () => undefined;
  const ended = new Promise<ExecResult>((resolve) => {
    exited = (code, signal) => resolve(signal === 0 ? { code } : { signal: signalName(signal) });
  });
  const before = process.umask(umask);
  try {
    const onExit = (code: number, signal: number): void => exited(code, signal);
    const terminal = ptyAddon().fork(file, args, env, cwd, size.cols, size.rows, uid, gid, true, '', onExit);
    return { ...terminal, ended };
  } finally {
    process.umask(before);
  }
}

/** The keyboard's side. Its end does not close the terminal. */
function inputOf(terminal: ReadStream): Transform {
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
