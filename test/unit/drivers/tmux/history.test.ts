import { describe, expect, it } from 'vitest';
import { createHistory } from '../../../../src/drivers/session/tmux/history.ts';

describe('the history that a tmux client gives before it follows', () => {
  const block = (id: number, lines: string[], end = 'end'): string[] => [
    `%begin 1700000000 ${id} 0`,
    ...lines,
    `%${end} 1700000000 ${id} 0`,
  ];
  const historyOf = (lines: string[], running = true): (string | undefined)[] => {
    const history = createHistory({ id: '%7', running }, 5);
    return lines.map((line) => history.take(line)).filter((text) => text !== undefined);
  };

  it('ends where the cursor is, and holds nothing that looks like a message to be one', () => {
    const shown = ['one  ', '%output %7 two', '%end 1 2 3', '%begin 1 2 3', 'half ', '', ''];
    const lines = [...block(1, []), '%output %7 one', ...block(2, ['7 4']), ...block(3, shown), '%output %7 more'];
    expect(historyOf(lines)).toEqual(['one\n%output %7 two\n%end 1 2 3\n%begin 1 2 3\nhalf ']);
  });

  it('is what the command has shown when it has ended', () => {
    const shown = ['one', 'Pane is dead (status 1, Sat)', ''];
    expect(historyOf([...block(1, []), ...block(2, ['3 2']), ...block(3, shown)], false)).toEqual(['one\n']);
  });

  it('is nothing when it is not to be had, or nobody wants it', () => {
    expect(historyOf([...block(1, []), ...block(2, ['3 2']), ...block(3, ["can't find pane"], 'error')])).toEqual(['']);
    const none = createHistory({ id: '%7', running: true }, 0);
    expect([none.args, none.isOver()]).toEqual([[], true]);
  });
});
