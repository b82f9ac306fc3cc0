import { run } from '../../src/exec/run.ts';

/** False as well for one that has ended and only waits to be collected by its parent. */
export async function isRunning(pid: number): Promise<boolean> {
  const env = { PATH: process.env['PATH'] };
  const { stdout } = await run('ps', ['-o', 'stat=', '-p', String(pid)], { env, accept: [0, 1] });
  return stdout.trim() !== '' && !stdout.trim().startsWith('Z');
}
