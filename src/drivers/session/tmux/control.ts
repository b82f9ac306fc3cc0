import { execa } from 'execa';
import type { Tmux } from './command.ts';

/**
 * Runs a client in tmux's control mode, and gives what it prints line by line until it ends or the signal comes. One character
 * per byte, since lines may end within a character. The client ends with this process: its standard input closes.
 */
export async function* controlLines(tmux: Tmux, args: readonly string[], signal: AbortSignal): AsyncGenerator<string> {
  if (signal.aborted) return;
  const command = await tmux.client(['-C', ...args]);
  const child = execa(command.file, command.args, {
    env: command.env,
    extendEnv: false,
    reject: false,
    stdin: 'pipe',
    stderr: 'ignore',
    buffer: false,
    detached: true,
  });
  const stop = (): void => {
    child.kill();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    yield* linesOf(child.stdout);
  } finally {
    signal.removeEventListener('abort', stop);
    child.stdin.destroy();
    child.kill();
    await child;
  }
}

async function* linesOf(stream: NodeJS.ReadableStream): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + (chunk as Buffer).toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
