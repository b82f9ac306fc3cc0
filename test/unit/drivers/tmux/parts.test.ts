import { describe, expect, it } from 'vitest';
import { quote } from '../../../../src/drivers/session/tmux/command.ts';
import { createLineReader } from '../../../../src/drivers/session/line-reader.ts';
import { unescaped } from '../../../../src/drivers/session/tmux/follow.ts';
import { tmuxName } from '../../../../src/drivers/session/tmux/format.ts';
import { belonging, parseProcesses } from '../../../../src/drivers/session/tmux/processes.ts';

describe('tmux parts', () => {
  it('quotes so that nothing is interpreted', () => {
    expect(quote(`it's "$x"; #{y}\n`)).toBe(`'it'\\''s "$x"; #{y}\n'`);
  });

  it('reads what control mode escapes, characters cut in two included', () => {
    const bytes = unescaped(Buffer.from('ü\\134\\015\\012', 'utf8').toString('latin1'));
    expect(bytes.toString('utf8')).toBe('ü\\\r\n');
    const reader = createLineReader();
    expect(reader.push(bytes.subarray(0, 1))).toEqual([]);
    expect(reader.push(bytes.subarray(1))).toEqual(['ü\\\n']);
  });

  it('gives lines as they would stand in a file', () => {
    const reader = createLineReader();
    expect(reader.push(Buffer.from('\x1b[31mred\x1b[0m\r\n10%\r100%\r\nrest'))).toEqual(['red\n', '100%\n']);
    expect(reader.end()).toEqual(['rest']);
    expect(reader.end()).toEqual([]);
  });

  it('gives sessions names that cannot be taken for something else, nor for each other', () => {
    const names = ['app', 'app.a', 'app:a', 'app_a', '-a', '$1', '=x', 'ü', ''];
    const plain = names.map(tmuxName);
    expect(plain[0]).toBe('app');
    expect(new Set(plain).size).toBe(names.length);
    plain.forEach((name) => expect(name).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_-]*$/));
  });

  it('finds the processes of a terminal, and what they have started elsewhere', () => {
    const process = (pid: number, parent: number, tty: string): Parameters<typeof belonging>[0][number] => ({
      pid,
      parent,
      tty,
      started: '',
    });
    const all = [
      process(1, 0, '?'),
      process(5, 1, 'pts/3'),
      process(6, 5, '?'),
      process(7, 6, '?'),
      process(8, 1, 'pts/30'),
    ];
    expect(belonging(all, ['/dev/pts/3']).map(({ pid }) => pid)).toEqual([5, 6, 7]);
  });
});

describe('what ps tells', () => {
  it('has terminals of this machine alone: a container has a pts/0 too', () => {
    const output = [
      '  10     1 4026531836 pts/0    Ss   Sat Nov 21 04:40:00 2026',
      '  11    10 4026531836 ?        Sl   Sat Nov 21 04:40:01 2026',
      '  12     1 4026532184 pts/0    Sl+  Sat Nov 21 04:40:02 2026',
      '  13     1 - pts/0    Sl+  Sat Nov 21 04:40:02 2026',
      '  14    10 4026531836 pts/0    Z    Sat Nov 21 04:40:03 2026',
    ].join('\n');
    const processes = parseProcesses(output, 11);
    expect(processes.map(({ pid, tty }) => [pid, tty])).toEqual([
      [10, 'pts/0'],
      [11, '?'],
      [12, ''],
      [13, ''],
    ]);
    expect(belonging(processes, ['/dev/pts/0']).map(({ pid }) => pid)).toEqual([10, 11]);
  });
});
