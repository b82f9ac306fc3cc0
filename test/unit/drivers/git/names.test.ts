import { describe, expect, it } from 'vitest';
import { fitted, isBranchName } from '../../../../src/drivers/source/git/names.ts';
import { run } from '../../../../src/exec/run.ts';

describe('isBranchName', () => {
  const names = [
    ...[
      'main',
      'feat/a',
      'a.b',
      'größe',
      '日本/語',
      'x'.repeat(200),
      '@a',
      'a@',
      'A',
      "it's",
      '#(x)',
      '$HOME',
      'a;b',
      '{a}',
      '-',
    ],
    ...[
      '',
      '-a',
      '--upload-pack=x',
      'HEAD',
      '../x',
      'a..b',
      'a b',
      'a~1',
      'a^',
      'a:b',
      'a?',
      'a*',
      'a[',
      'a\\b',
      'a@{b',
    ],
    ...['a/', '/a', 'a//b', '.a', 'a/.b', 'a.', 'a.lock', 'a.lock/b', 'a\tb', 'a\nb', 'a\x7fb', 'HEAD/x'],
  ];
  it.each(names)('judges %j as git does', async (name) => {
    const env = { PATH: process.env['PATH'] };
    const { exitCode } = await run('git', ['check-ref-format', '--branch', name], { env, accept: [0, 128] });
    expect(isBranchName(name)).toBe(exitCode === 0);
  });
});

describe('fitted', () => {
  it('keeps what fits, and tells apart what does not', () => {
    expect(fitted('ü'.repeat(10), 20)).toBe('ü'.repeat(10));
    const [one, two] = [fitted('ü'.repeat(50), 40), fitted('ü'.repeat(51), 40)];
    expect(Buffer.byteLength(one)).toBeLessThanOrEqual(40);
    expect(one).toMatch(/^ü+-[0-9a-f]{12}$/);
    expect(one).not.toBe(two);
  });
});
