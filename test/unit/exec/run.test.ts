import { readFile } from 'node:fs/promises';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CommandError, lastLine, run } from '../../../src/exec/run.ts';
import { eventually } from '../../support/eventually.ts';
import { isRunning } from '../../support/processes.ts';

const env = { PATH: process.env['PATH'] };
const dir = mkdtempSync(path.join(os.tmpdir(), 'dual-'));
afterAll(() => rmSync(dir, { recursive: true }));

const failure = async (promise: Promise<unknown>): Promise<CommandError> => {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof CommandError)) throw new Error(`not a CommandError: ${String(error)}`);
  return error;
};
describe('run', () => {
  it('gives arguments as they are, input and output unchanged, and only the environment that was given', async () => {
    const strange = ['a b', '$HOME', '"', "'", 'two\nlines', '', '*'];
    const args = ['-c', 'printf "%s|" "$@"; cat; env >&2', 'sh', ...strange];
    const { stdout, stderr } = await run('sh', args, { env: { ...env, ONLY: '1' }, input: 'in\n\n' });
    expect(stdout).toBe(`${strange.map((one) => `${one}|`).join('')}in\n\n`);
    expect(stderr).toContain('ONLY=1');
    expect(stderr).not.toContain('VITEST');
  });

  it('tells how it failed, with the last line, and with no argument', async () => {
    const error = await failure(run('sh', ['-c', 'echo first >&2; echo last >&2; exit 3', 's3cret'], { env }));
    expect(error).toMatchObject({ code: 'Failed', exitCode: 3, message: 'sh failed with exit code 3: last' });
    expect(error.stderr).toBe('first\nlast\n');
    expect(await failure(run('sh', ['-c', 'kill -9 $$'], { env }))).toMatchObject({
      message: 'sh was ended by SIGKILL',
    });
    expect(await run('sh', ['-c', 'exit 3'], { env, accept: [0, 3] })).toMatchObject({ exitCode: 3 });
  });

  it('tells a missing program from a missing directory', async () => {
    expect(await failure(run('no-such-program', [], { env }))).toMatchObject({ code: 'NotInstalled' });
    expect(await failure(run('sh', [], { env, cwd: path.join(dir, 'missing') }))).toMatchObject({ code: 'NotStarted' });
  });

  it('keeps the end of a long standard error, and refuses output without bounds', async () => {
    const long = await run('sh', ['-c', 'yes x | head -c 100000 >&2; echo end >&2'], { env });
    expect(long.stderr).toHaveLength(16 * 1024);
    expect(lastLine(long.stderr)).toBe('end');
    expect(await failure(run('yes', [], { env, maxOutput: 1000 }))).toMatchObject({ code: 'TooMuchOutput' });
  });

  it.each(['signal', 'timeout'] as const)('ends everything that was started: %s', async (how) => {
    const file = path.join(dir, how);
    const script = `sh -c 'trap "" TERM; echo $$ >${file}.tmp; mv ${file}.tmp ${file}; while :; do sleep 1; done' & wait`;
    const controller = new AbortController();
    const running = run('sh', ['-c', script], {
      env,
      ...(how === 'signal' ? { signal: controller.signal } : { timeout: 500 }),
    }).catch((error: unknown) => error);
    const pid = Number(await eventually(() => readFile(file, 'utf8')));
    controller.abort(new Error('called off'));
    expect(String(await running)).toContain(how === 'signal' ? 'called off' : 'took too long');
    await eventually(async () => expect(await isRunning(pid)).toBe(false));
  });
});
