import { run } from '../../src/exec/run.ts';

const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LANG: 'C.UTF-8' };

export async function tmuxAt(socket: string, ...args: string[]): Promise<string> {
  return (await run('tmux', ['-u', '-S', socket, ...args], { env })).stdout.trim();
}

/** Nothing to do when there is none. */
export async function killTmuxServer(socket: string): Promise<void> {
  await run('tmux', ['-S', socket, 'kill-server'], { env, accept: [0, 1] });
}
