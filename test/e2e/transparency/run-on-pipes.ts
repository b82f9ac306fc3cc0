import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { Ends, Probe } from './probe.ts';
import { endGroup, PATIENCE } from './run.ts';
import type { Run, Start } from './run.ts';

/** Runs a shell on pipes, without a terminal, to the end of everything that holds its stdout or stderr. */
export async function runOnPipes({ file, args, cwd, env }: Start, stdin: Probe['stdin']): Promise<Run> {
  // Node would put /dev/null where stdin is to be closed.
  const command = stdin === 'closed' ? ['sh', '-c', 'exec "$@" <&-', 'sh', file, ...args] : [file, ...args];
  const [program = '', ...rest] = command;
  const input = typeof stdin === 'object' ? 'pipe' : 'ignore';
  // A session of its own: without a terminal, and a process group that can be ended whole.
  const child = spawn(program, rest, { cwd, env, stdio: [input, 'pipe', 'pipe'], detached: true });
  const closed = new Promise<Pick<Run, 'code' | 'signal'>>((resolve, reject) => {
    child.once('error', reject);
    // Not merely ended: nothing holds its stdout and stderr any longer.
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  child.stdin?.on('error', () => undefined);
  if (typeof stdin === 'object') child.stdin?.end(stdin.text);
  let ends: Ends = 'by itself';
  const patience = setTimeout(() => {
    ends = 'not at all';
    endGroup(child.pid);
    // Whoever has left the group and still holds the pipes is not waited for.
    child.stdout?.destroy();
    child.stderr?.destroy();
  }, PATIENCE);
  const [stdout, stderr, how] = await Promise.all([textOf(child.stdout), textOf(child.stderr), closed]);
  clearTimeout(patience);
  return { stdout, stderr, ...how, ends, pid: child.pid };
}

/** What could be read, also when the stream is cut. */
async function textOf(stream: Readable | null): Promise<string> {
  const chunks: Buffer[] = [];
  stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  if (stream) await once(stream, 'close');
  return Buffer.concat(chunks).toString();
}
