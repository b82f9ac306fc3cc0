import { describe, expect, it } from 'vitest';
import { createTerminalModes } from '../../../../src/drivers/session/basic/terminal-modes.ts';
import type { TerminalModes } from '../../../../src/drivers/session/basic/terminal-modes.ts';

function after(...output: string[]): TerminalModes {
  const modes = createTerminalModes();
  output.forEach((piece) => modes.push(Buffer.from(piece, 'utf8')));
  return modes;
}

describe('modes of a terminal', () => {
  it('are none for plain output', () => {
    const modes = after('hello ü \u001b[31mred\u001b[0m\r\n\u001b[2J\u001b[?25l\u001b[?25h');
    expect([modes.enter(), modes.leave(), modes.isFullScreen()]).toEqual(['', '', false]);
  });

  it('are asked for again, the other screen first, and taken back, that one last', () => {
    const modes = after('\u001b[?1h\u001b[?25l\u001b[?1002;1006h\u001b[?1049h\u001b=');
    expect(modes.enter()).toBe('\u001b[?1049h\u001b[?1h\u001b[?25l\u001b[?1002h\u001b[?1006h\u001b=');
    expect(modes.leave()).toBe('\u001b>\u001b[?1l\u001b[?25h\u001b[?1002l\u001b[?1006l\u001b[?1049l');
    expect(modes.isFullScreen()).toBe(true);
  });

  it('are found wherever a sequence is cut', () => {
    const text = 'a\u001b[?2004hb\u001b[?1049hc';
    for (let cut = 0; cut <= text.length; cut++) {
      expect(after(text.slice(0, cut), text.slice(cut)).enter()).toBe('\u001b[?1049h\u001b[?2004h');
    }
    expect(after(...text).enter()).toBe('\u001b[?1049h\u001b[?2004h');
  });

  it('a shell has while one types are not those of a program that draws', () => {
    expect(after('\u001b[?2004h\u001b[?1h\u001b=').isFullScreen()).toBe(false);
  });

  it('end with a reset, soft or hard, and with the program', () => {
    expect(after('\u001b[?1049h\u001bc').enter()).toBe('');
    expect(after('\u001b[?25l\u001b[!p').enter()).toBe('');
    const modes = after('\u001b[?25l');
    modes.clear();
    expect(modes.enter()).toBe('');
  });

  it('include how keys are told', () => {
    const modes = after('\u001b[>1u\u001b[>4;2m');
    expect(modes.enter()).toBe('\u001b[>1u\u001b[>4;2m');
    expect(modes.leave()).toBe('\u001b[<u\u001b[>4m');
    expect(after('\u001b[>1u\u001b[<u\u001b[>4;2m\u001b[>4m').enter()).toBe('');
  });
});
