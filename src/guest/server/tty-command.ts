import { Transform } from 'node:stream';
import type { Writable } from 'node:stream';
import { startOnTerminal } from '../../exec/terminal-process.ts';
import type { ExecRequest } from '../protocol.ts';
import type { Command, CommandSpec } from './command.ts';

/** ^D: what a terminal makes an end of input of. */
const END_OF_TRANSMISSION = Buffer.of(4);

/** Starts a command on a terminal of its own. @throws Error when there is no terminal to be had */
export function startWithTty(spec: CommandSpec, size: NonNullable<ExecRequest['tty']>): Command {
  const { argv, cwd, umask } = spec.request;
  const started = startOnTerminal({ argv, cwd, umask, env: spec.env, ids: spec.ids, size });
  return {
    pid: started.pid,
    stdin: keyboard(started.input),
    stdout: started.output,
    resize: (rows, cols) => started.resize({ rows, cols }),
    ended: started.ended,
  };
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
