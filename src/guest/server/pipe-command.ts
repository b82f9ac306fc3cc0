import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import type { ExecResult } from '../protocol.ts';
import type { Command, CommandSpec } from './command.ts';
import type { Pipes } from './pipes.ts';
import { startFailure } from './resolve-command.ts';

type Ends = Record<'stdin', Writable> & Record<'stdout' | 'stderr', Readable>;

/** Starts a command on pipes; on Node's own sockets where there are none. @throws the system's error, such as E2BIG */
export function startOnPipes(spec: CommandSpec, pipes: Pipes | undefined): Command {
  const { argv, cwd, umask } = spec.request;
  const [file = '', ...args] = argv;
  const before = process.umask(umask);
  try {
    const stdio = pipes?.child ?? ('pipe' as const);
    const child = spawn(file, args, { cwd, env: spec.env, ...spec.ids, detached: true, stdio });
    const { stdin, stdout, stderr } = pipes ?? (child as Ends);
    return { pid: child.pid, stdin, stdout, stderr, resize: () => undefined, ended: endOf(child, file) };
  } finally {
    process.umask(before);
    pipes?.child.forEach((fd) => closeSync(fd));
  }
}

function endOf(child: ChildProcess, file: string): Promise<ExecResult> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(startFailure(error, file)));
    child.once('exit', (code, signal) => resolve(signal === null ? { code: code ?? 0 } : { signal }));
  });
}
