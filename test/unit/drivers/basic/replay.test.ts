import { describe, expect, it } from 'vitest';
import { replay } from '../../../../src/drivers/session/basic/replay.ts';

const of = (text: string, rows = 24, isCut = false): string =>
  replay(Buffer.from(text, 'utf8'), rows, isCut).toString('utf8');

describe('a screen from what was written', () => {
  it('is the last lines, colours and unfinished line included', () => {
    expect(of('one\r\ntwo\r\n\u001b[31mthree\u001b[0m\r\n$ ', 3)).toBe('two\r\n\u001b[31mthree\u001b[0m\r\n$ ');
    expect(of('one\r\ntwo\r\n', 2)).toBe('one\r\ntwo\r\n'.slice(0));
    expect(of('one\r\ntwo\r\n', 1)).toBe('two\r\n');
    expect(of('', 5)).toBe('');
  });

  it('begins with something whole when it was cut', () => {
    expect(of('ne\r\ntwo', 5, true)).toBe('\ntwo');
    expect(replay(Buffer.from('üab').subarray(1), 5, true).toString('utf8')).toBe('ab');
    expect(of('no end of a line', 5, true)).toBe('no end of a line');
  });

  it('asks nothing of the terminal and changes nothing in it', () => {
    const questions = [
      '\u001b[c',
      '\u001b[>c',
      '\u001b[6n',
      '\u001b[?6n',
      '\u001b[?u',
      '\u001b[?2026$p',
      '\u001b[18t',
      '\u0005',
    ];
    const strings = ['\u001b]0;title\u0007', '\u001b]11;?\u001b\\', '\u001bP+q544e\u001b\\', '\u001b_x\u001b\\'];
    const modes = ['\u001b[?1049l', '\u001b[?25l', '\u001b[>1u', '\u001b[3J', '\u001bc', '\u001b=', '\u0007'];
    for (const one of [...questions, ...strings, ...modes]) expect(of(`a${one}b`)).toBe('ab');
  });

  it('has nothing of another screen', () => {
    for (const mode of ['47', '1047', '1049', '1;1049', '1049;25']) {
      const drawn = `\u001b[?${mode}hdrawn\r\nlines\r\n\u001b[?${mode}l`;
      expect(of(`$ vim\r\n${drawn}$ `)).toBe('$ vim\r\n$ ');
      expect(of(`one\r\ntwo\r\n${drawn}${drawn}$ `, 2)).toBe('one\r\ntwo\r\n$ '.slice(5));
      expect(of(`wn\r\nlines\u001b[?${mode}l$ `, 24, true)).toBe('$ ');
      expect(of(`$ \u001b[?${mode}l# `)).toBe('$ # ');
    }
    expect(of('a\u001b[?1049hdrawn\u001bcb')).toBe('ab');
    expect(of('a\u001b[?1049hdrawn')).toBe('a');
  });

  it('keeps what is for the eye', () => {
    for (const one of [
      '\u001b[2J',
      '\u001b[K',
      '\u001b[1;2H',
      '\u001b[3A',
      '\u001b[38;2;1;2;3m',
      '\u001b7',
      '\u001b8',
      '\u001b(0',
      '\t',
    ]) {
      expect(of(`a${one}b`)).toBe(`a${one}b`);
    }
  });
});
