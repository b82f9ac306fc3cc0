import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createDualFixture,
  ended,
  readyStatus,
  type DualFixture,
  type Ended,
  type ProcessOptions,
} from '../../../support/dual-fixture.ts';
import { eventually } from '../../../support/eventually.ts';
import { bundleGuest, isAlive } from '../../../support/guest.ts';

let fixture: DualFixture;
let bundle: Awaited<ReturnType<typeof bundleGuest>>;
let clone: string;

beforeAll(async () => {
  bundle = await bundleGuest();
  fixture = await createDualFixture();
  clone = path.join(fixture.home, 'workspaces', 'shop', 'main');
  mkdirSync(path.join(clone, 'app'), { recursive: true });
  await fixture.guest(bundle.directory, await fixture.workspace('shop-main', { status: readyStatus(clone) }));
});
afterAll(async () => {
  await fixture.close();
  bundle.remove();
});

const run = (argv: string[], options: ProcessOptions & { flags?: string[] } = {}): Promise<Ended> =>
  fixture.run(['run', '-w', 'shop-main', ...(options.flags ?? []), '--', ...argv], options);
const sh = (script: string, options: ProcessOptions & { flags?: string[] } = {}): Promise<Ended> =>
  run(['sh', '-c', script], options);

describe('exit', () => {
  it.each([0, 1, 42, 125, 255])('code %i is passed on', async (code) => {
    expect(await sh(`exit ${code}`)).toMatchObject({ code, signal: null, stderr: '' });
  });

  it('of a command that is not there is 127, of one that cannot be run 126', async () => {
    expect(await run(['no-such-command'])).toMatchObject({
      code: 127,
      stderr: 'dual: no-such-command: command not found\n',
    });
    expect(await run(['/etc/passwd'])).toMatchObject({ code: 126, stderr: 'dual: /etc/passwd: permission denied\n' });
    expect(await run(['./none'])).toMatchObject({ code: 127, stderr: 'dual: ./none: no such file or directory\n' });
  });

  it.each(['SIGTERM', 'SIGKILL', 'SIGHUP'])('by %s is passed on as that', async (signal) => {
    expect(await sh(`kill -${signal.slice(3)} $$`)).toMatchObject({ code: null, signal });
  });

  it('is 125 when dual itself fails', async () => {
    expect(await fixture.run(['run', '--nonsense', 'ls'])).toMatchObject({
      code: 125,
      stderr: expect.stringContaining('--nonsense') as string,
    });
    expect(await fixture.run(['run', '-w', 'shop-mian', '--', 'ls'])).toMatchObject({
      code: 125,
      stderr: 'error: workspace "shop-mian" not found; did you mean shop-main?\n',
    });
  });
});

describe('streams', () => {
  it('keep stdout and stderr apart', async () => {
    const { stdout, stderr } = await sh('echo out; echo err >&2');
    expect([String(stdout), stderr]).toEqual(['out\n', 'err\n']);
  });

  it('carry bytes both ways, and the end of the input', async () => {
    const input = randomBytes(2_000_000);
    const { stdout, code } = await run(['cat'], { input });
    expect(code).toBe(0);
    expect(stdout.equals(input)).toBe(true);
  });

  it('hand arguments over as they are', async () => {
    const words = ['', 'a b', `it's "x"`, 'two\nlines', '$HOME `id` *', '-w', '🦊'];
    const { stdout } = await run(['printf', '%s\\0', ...words]);
    expect(String(stdout).split('\0').slice(0, -1)).toEqual(words);
  });

  it('end a command whose reader has gone by a broken pipe, and let it finish', async () => {
    const file = path.join(fixture.home, 'after');
    const child = fixture.spawn(['run', '-w', 'shop-main', '--', 'sh', '-c', `yes; echo "$?" > ${file}; exit 5`]);
    child.stdout?.once('data', () => child.stdout?.destroy());
    const code = await new Promise((resolve) => child.once('exit', resolve));
    expect(code).toBe(5);
    expect(readFileSync(file, 'utf8')).toBe('141\n');
  });

  it('do not wait for an input that nobody ends', async () => {
    const child = fixture.spawn(['run', '-w', 'shop-main', '--', 'echo', 'done']);
    expect(await ended(child)).toMatchObject({ code: 0, stdout: Buffer.from('done\n') });
  });
});

describe('surroundings', () => {
  it('are the directory that the caller is in, else the clone', async () => {
    const here = await fixture.run(['run', 'pwd'], { cwd: path.join(clone, 'app') });
    expect(String(here.stdout)).toBe(`${clone}/app\n`);
    expect(String((await run(['pwd'], { cwd: os.tmpdir() })).stdout)).toBe(`${clone}\n`);
    expect(String((await run(['pwd'], { flags: ['--cwd', 'app'] })).stdout)).toBe(`${clone}/app\n`);
  });

  it('ask for a name where no clone is', async () => {
    const { code, stderr } = await fixture.run(['run', 'pwd'], { cwd: os.tmpdir() });
    expect([code, stderr]).toEqual([
      125,
      expect.stringContaining("is in no workspace; go to one's directory, or name one: shop-main"),
    ]);
  });

  it("are the machine's environment, with the caller's language and what -e says", async () => {
    const env = { LANG: 'C', TZ: 'Asia/Tokyo', SECRET: 's', PASSED: 'p', PATH: `${process.env['PATH']}:/only/here` };
    const { stdout } = await run(['env'], { env, flags: ['-e', 'PASSED', '-e', 'GIVEN=a=b c'] });
    const lines = String(stdout).split('\n');
    expect(lines).toEqual(expect.arrayContaining(['LANG=C', 'TZ=Asia/Tokyo', 'PASSED=p', 'GIVEN=a=b c']));
    expect(String(stdout)).not.toMatch(/SECRET|only\/here|DUAL_HOME/);
    expect(lines).toContain(`HOME=${os.userInfo().homedir}`);
  });

  it("are the caller's umask", async () => {
    const script = 'umask 027; exec "$@"';
    const args = ['-c', script, 'sh', ...fixture.command, 'run', '-w', 'shop-main', '--', 'sh', '-c', 'umask'];
    const { stdout } = await promisify(execFile)('sh', args, { env: fixture.env, cwd: fixture.home });
    expect(stdout).toBe('0027\n');
  });
});

describe('signals', () => {
  /** A command that says which process it is, and goes on until it is told to end. */
  async function started(
    script: string,
  ): Promise<{ child: ReturnType<DualFixture['spawn']>; pid: number; end: Promise<Ended> }> {
    const child = fixture.spawn(['run', '-w', 'shop-main', '--', 'sh', '-c', `echo $$ > "$0"; ${script}`, file()]);
    const end = ended(child);
    const pid = await eventually(() => {
      const text = readFileSync(path.join(fixture.home, `pid${count}`), 'utf8');
      if (!text.endsWith('\n')) throw new Error('not there yet');
      return Number(text);
    });
    return { child, pid, end };
  }
  let count = 0;
  const file = (): string => {
    count += 1;
    writeFileSync(path.join(fixture.home, `pid${count}`), '');
    return path.join(fixture.home, `pid${count}`);
  };

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)(
    '%s reaches the command, which may do as it likes',
    async (signal) => {
      const { child, end } = await started(`trap 'echo got; exit 9' ${signal.slice(3)}; while :; do sleep 0.05; done`);
      child.kill(signal);
      expect(await end).toMatchObject({ code: 9, stdout: Buffer.from('got\n') });
    },
  );

  it('end both when the command does nothing about them', async () => {
    const { child, pid, end } = await started('exec sleep 60');
    child.kill('SIGINT');
    expect(await end).toMatchObject({ code: null, signal: 'SIGINT' });
    expect(isAlive(pid)).toBe(false);
  });

  it('that kill dual take the whole process group with it', async () => {
    const children = path.join(fixture.home, 'children');
    const { child, pid } = await started(`sleep 61 & echo $! > ${children}; trap '' TERM HUP INT; wait`);
    const grandchild = await eventually(() => {
      const text = readFileSync(children, 'utf8');
      if (!text.endsWith('\n')) throw new Error('not there yet');
      return Number(text);
    });
    child.kill('SIGKILL');
    await eventually(() => expect([isAlive(pid), isAlive(grandchild)]).toEqual([false, false]));
  });
});
