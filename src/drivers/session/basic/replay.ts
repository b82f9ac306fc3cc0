import { createLinesScreen, startOfLinesScreen } from '../alternate-screen.ts';
import { ESCAPE_SEQUENCES } from '../escape-sequences.ts';

/** Colours, the cursor, and erasing. */
const SHOWS = 'ABCDEFGHJKLMPXSTdfmr`a@';
/** Keep and restore the cursor, line feeds, tab stops. */
const SHOWS_TOO = '78DEMH';

/**
 * What to send to a terminal so that it shows the last `rows` lines of what a program wrote, without what would have an effect a second
 * time: questions, which the terminal would answer to a program that did not ask, titles, the clipboard, the bell, and modes.
 * What was drawn on the other screen is gone with it.
 * @param isCut whether something came before
 */
export function replay(bytes: Buffer, rows: number, isCut: boolean): Buffer {
  const all = bytes.toString('latin1');
  const start = isCut ? startOfLinesScreen(all) : 0;
  const screen = createLinesScreen();
  const text = lastLines(screen.push(all.slice(start)) + screen.end(), rows, isCut && start === 0);
  const shown = text.replace(ESCAPE_SEQUENCES, (sequence, ...groups: (string | undefined)[]) =>
    isForTheEye(groups) ? sequence : '',
  );
  // ENQ asks a question as well.
  return Buffer.from(shown.replace(/[\u0005\u0007]/g, ''), 'latin1');
}

function isForTheEye([prefix, parameters, between, final, string, before, simple]: (string | undefined)[]): boolean {
  if (string !== undefined) return false;
  // Character sets, as for the lines of boxes.
  if (simple !== undefined) return before === '(' || before === ')' || SHOWS_TOO.includes(simple);
  // 3J empties what the person has scrolled away, too.
  if (final === 'J' && parameters === '3') return false;
  return prefix === '' && between === '' && final !== undefined && SHOWS.includes(final);
}

function lastLines(text: string, rows: number, isCut: boolean): string {
  let start = text.length;
  for (let line = 0; line < rows; line++) {
    const feed = text.lastIndexOf('\n', start - 2);
    if (feed === -1) return isCut ? text.slice(whole(text)) : text;
    start = feed + 1;
  }
  return text.slice(start);
}

/** Where text begins that is not the end of something: after the start of a line, else at the next character. */
function whole(text: string): number {
  const start = text.search(/[\r\n]/);
  return start === -1 ? Math.max(text.search(/[^\u0080-\u00bf]/), 0) : start + 1;
}
