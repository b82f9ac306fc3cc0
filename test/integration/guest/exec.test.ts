import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { bundleGuest, collector, request, run, startGuest } from '../../support/guest.ts';
import type { TestGuest } from '../../support/guest.ts';

const sh = (script: string): string[] => ['sh', '-c', script];

describe('a command in the guest', () => {
  let bundle: Awaited<ReturnType<typeof bundleGuest>>;
  let guest: TestGuest;

  beforeAll(async () => {
    bundle = await bundleGuest();
    guest = await startGuest(bundle.directory);
  });
  afterAll(async () => {
    await guest.stop();
    bundle.remove();
  });

  it.each([0, 1, 126, 127, 255])('ends with its exit code %d', async (code) => {
    expect((await run(guest, request(sh(`exit ${code}`)))).result).toEqual({ code });
  });

  it.each(['SIGTERM', 'SIGKILL', 'SIGINT'])('ends with its signal %s', async (signal) => {
    expect((await run(guest, request(sh(`kill -${signal.slice(3)} $$`)))).result).toEqual({ signal });
  });

  it('keeps stdout and stderr apart', async () => {
    const { stdout, stderr } = await run(guest, request(sh('echo out; echo err >&2')));
    expect([stdout.toString(), stderr.toString()]).toEqual(['out\n', 'err\n']);
  });

  it('gets its arguments untouched', async () => {
    const argv = ['', ' a  b ', '"q"', "'", '$HOME `id` $(id)', 'line\nline', '-n', 'ä🚀', '*', '\\'];
    const { stdout } = await run(
      guest,
      request([process.execPath, '-p', 'JSON.stringify(process.argv.slice(1))', '--', ...argv]),
    );
    expect(JSON.parse(stdout.toString())).toEqual(argv);
  });

  it('gets the directory, the umask, the account and the variables, and nothing of the guest', async () => {
    const script = 'pwd; umask; echo "$HOME|$USER|$LOGNAME|$PWD|$A|$DUAL_GUEST_CONFIG"';
    const { stdout } = await run(guest, request(sh(script), { cwd: '/usr', umask: 0o027, env: { A: 'ä b' } }));
    const { homedir, username } = os.userInfo();
    const [cwd, umask, variables] = stdout.toString().split('\n');
    expect(cwd).toBe('/usr');
    expect(umask).toMatch(/^0*27$/);
    expect(variables).toBe(`${homedir}|${username}|${username}|/usr|ä b|`);
    const own = await run(guest, request(sh('echo $HOME'), { env: { HOME: '/elsewhere' } }));
    expect(own.stdout.toString()).toBe('/elsewhere\n');
  });

  it('reads its input to the end', async () => {
    const { stdout, result } = await run(guest, request(['cat']), { input: 'some input' });
    expect([stdout.toString(), result]).toEqual(['some input', { code: 0 }]);
    expect((await run(guest, request(['cat']))).stdout).toHaveLength(0);
  });

  it('carries 20 MB of anything in and out', async () => {
    const input = randomBytes(20_000_000);
    const { stdout, result } = await run(guest, request(['cat']), { input });
    expect(result).toEqual({ code: 0 });
    expect(stdout.equals(input)).toBe(true);
  });

  it('has pipes that can be opened by name', async () => {
    const script = 'cat /dev/stdin; echo out >/dev/stdout; echo err >/dev/stderr; readlink /proc/self/fd/1';
    const { stdout, stderr } = await run(guest, request(sh(script)), { input: 'in\n' });
    expect(stdout.toString()).toMatch(/^in\nout\npipe:\[\d+\]\n$/);
    expect(stderr.toString()).toBe('err\n');
  });

  it('that cannot be found or run says so as a shell does', async () => {
    const directory = path.join(guest.directory, 'bin');
    mkdirSync(directory);
    writeFileSync(path.join(directory, 'plain'), 'no program');
    const failures = await Promise.all([
      run(guest, request(['no-such-program'])),
      run(guest, request(['./plain'], { cwd: directory })),
      run(guest, request([directory])),
      run(guest, request(['true'], { cwd: path.join(directory, 'nowhere') })),
      run(guest, request(['true'], { cwd: path.join(directory, 'plain') })),
      run(guest, request(['true', 'x'.repeat(200_000)])),
    ]);
    expect(failures.map(({ result }) => 'failed' in result && result.failed)).toEqual([
      'ENOENT',
      'EACCES',
      'EACCES',
      'ENOTDIR',
      'ENOTDIR',
      'E2BIG',
    ]);
    expect(failures[0]?.result).toMatchObject({ message: 'no-such-program: command not found' });
  });

  it('may be a script without an interpreter line', async () => {
    const script = path.join(guest.directory, 'script');
    writeFileSync(script, 'echo "ran $1"\n');
    chmodSync(script, 0o755);
    expect((await run(guest, request([script, 'it']))).stdout.toString()).toBe('ran it\n');
  });

  it('gets signals', async () => {
    let send: (signal: string) => void = () => undefined;
    const stdout = collector();
    const script = 'trap "echo caught; exit 9" USR1; echo ready; while :; do sleep 0.05; done';
    const running = run(guest, request(sh(script)), {
      stdout: stdout.stream,
      onSignal: (listener) => {
        send = listener;
        return () => undefined;
      },
    });
    await eventually(() => expect(stdout.content().toString()).toBe('ready\n'));
    send('SIGUSR1');
    expect((await running).result).toEqual({ code: 9 });
    expect(stdout.content().toString()).toContain('caught');
  });

  it('gets signals also while its input is stuck', async () => {
    let send: (signal: string) => void = () => undefined;
    const stdout = collector();
    const running = run(guest, request(sh('echo ready; exec sleep 60')), {
      input: Buffer.alloc(5_000_000),
      stdout: stdout.stream,
      onSignal: (listener) => {
        send = listener;
        return () => undefined;
      },
    });
    await eventually(() => expect(stdout.content().toString()).toBe('ready\n'));
    send('SIGINT');
    expect((await running).result).toEqual({ signal: 'SIGINT' });
  });

  it('learns that nobody reads its output', async () => {
    let lines = 0;
    const stdout = new Writable({
      write(_chunk, _encoding, callback) {
        lines += 1;
        callback(lines > 2 ? new Error('EPIPE') : null);
      },
    });
    expect((await run(guest, request(['yes']), { stdout })).result).toEqual({ signal: 'SIGPIPE' });
  });

  it('makes a slow reader wait, not the memory grow', async () => {
    const stdout = new PassThrough({ highWaterMark: 1024 });
    const running = run(guest, request(sh('head -c 3000000 /dev/zero; echo done >&2')), { stdout });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(stdout.writableLength).toBeLessThanOrEqual(300_000);
    stdout.resume();
    const { result, stderr } = await running;
    expect([result, stderr.toString()]).toEqual([{ code: 0 }, 'done\n']);
  });

  it('is over when it ends, though something of it goes on in the background', async () => {
    const { stdout, result } = await run(guest, request(sh('sleep 60 & echo $!; exit 4')));
    expect(result).toEqual({ code: 4 });
    process.kill(Number(stdout.toString()));
  });
});
