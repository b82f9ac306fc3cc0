import { StringDecoder } from 'node:string_decoder';
import { createLinesScreen } from './alternate-screen.ts';
import { ESCAPE_SEQUENCES } from './escape-sequences.ts';

export interface LineReader {
  push(bytes: Buffer): string[];
  end(): string[];
}

/** Characters that are kept of a line that does not end. */
const LONGEST = 65_536;

/**
 * Whole lines, each with its line feed, as they would stand in a file: without escape sequences, and what was overwritten left out.
 * A line that goes on and on comes in pieces. What programs draw on the whole screen, once for each change, is no text.
 */
export function createLineReader(): LineReader {
  const decoder = new StringDecoder('utf8');
  const screen = createLinesScreen();
  let rest = '';
  return {
    push(bytes) {
      const lines = (rest + screen.push(decoder.write(bytes))).split('\n');
      rest = withoutOverwritten(lines.pop() ?? '');
      const complete = lines.map((line) => `${plain(line)}\n`);
      if (rest.length <= LONGEST) return complete;
      const piece = plain(rest);
      rest = '';
      return [...complete, piece];
    },
    end() {
      const last = plain(rest + screen.push(decoder.end()) + screen.end());
      rest = '';
      return last === '' ? [] : [last];
    },
  };
}

/** Of what a terminal does, that which a line of text can show: going back to its start, and by one character. */
function plain(line: string): string {
  const shown = withoutOverwritten(line).replace(ESCAPE_SEQUENCES, '');
  return withoutErased(shown).replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');
}

/** What follows the last return to the start of the line, apart from those that nothing follows. */
function withoutOverwritten(line: string): string {
  let end = line.length;
  while (line[end - 1] === '\r') end -= 1;
  return line.slice(line.lastIndexOf('\r', end - 1) + 1);
}

function withoutErased(text: string): string {
  if (!text.includes('\b')) return text;
  const kept: string[] = [];
  for (const character of text) {
    if (character === '\b') kept.pop();
    else kept.push(character);
  }
  return kept.join('');
}
