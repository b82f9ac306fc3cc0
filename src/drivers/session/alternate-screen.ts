/** Leaves out what programs draw on the screen that they get beside the one with the lines (vim, less, top). */
export interface LinesScreen {
  /** Takes what a program wrote, cut anywhere. @returns what goes to the screen with the lines */
  push(text: string): string;
  /** @returns what was held back, since it might have been the beginning of a sequence */
  end(): string;
}

/** Going there and coming back, alone or among other modes; a reset comes back as well. */
const SWITCHES = /\u001b(?:\[\?(?:[\d;]*;)?(?:47|1047|1049)(?:;[\d;]*)?([hl])|c|\[!p)/g;
/** What may become one. */
const BEGINNING = /\u001b(?:\[(?:!|\?[\d;]{0,60})?)?$/;

export function createLinesScreen(): LinesScreen {
  let isElsewhere = false;
  let rest = '';
  return {
    push(piece) {
      const text = rest + piece;
      rest = BEGINNING.exec(text)?.[0] ?? '';
      const whole = text.slice(0, text.length - rest.length);
      let shown = '';
      let start = 0;
      for (const match of whole.matchAll(SWITCHES)) {
        if (!isElsewhere) shown += whole.slice(start, match.index);
        // The sequence itself says nothing to somebody who reads lines.
        start = match.index + match[0].length;
        isElsewhere = match[1] === 'h';
      }
      return isElsewhere ? shown : shown + whole.slice(start);
    },
    end() {
      const held = isElsewhere ? '' : rest;
      rest = '';
      return held;
    },
  };
}

/** Where text begins that goes to the screen with the lines, when what came before the text is unknown: after the first return to it, if there is one. */
export function startOfLinesScreen(text: string): number {
  const [first] = text.matchAll(SWITCHES);
  return first?.[1] === 'l' ? first.index + first[0].length : 0;
}
