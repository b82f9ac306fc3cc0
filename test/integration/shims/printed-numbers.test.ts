import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../../src/config/package-root.ts';

const LIB = path.join(packageRoot(), 'src/shims');
const MIB = 1024 * 1024;

function script(file: string, body: string): string[] {
  return ['-e', `our $LIB = shift; require "$LIB/${file}"; ${body}`, LIB];
}

it('passes on a line that does not end, instead of keeping it', async () => {
  const copying = spawn('/usr/bin/perl', script('pid-output.pl', 'copy_lines(\\*STDIN, sub { $_[0] })'));
  const ended = once(copying, 'exit');
  let received = 0;
  copying.stdout.on('data', (data: Buffer) => (received += data.length));
  try {
    copying.stdin.write('x'.repeat(4 * MIB));
    await expect.poll(() => received).toBeGreaterThan(MIB);
    copying.stdin.end('y\n');
    await ended;
    expect(received).toBe(4 * MIB + 2);
  } finally {
    copying.kill('SIGKILL');
  }
});

it('reads no more numbers than there can be processes', () => {
  const endless = 'sub run_in_machine { print "7\\n" x 65536 for 1 .. 64; exit }';
  const { stdout } = spawnSync(
    '/usr/bin/perl',
    script('by-name.pl', `${endless} print scalar(my @pids = matches_of_pgrep("x"))`),
    {
      encoding: 'utf8',
    },
  );
  expect(Number(stdout)).toBeGreaterThan(0);
  expect(Number(stdout)).toBeLessThanOrEqual(MIB / 2);
});
