/** What a program has asked of its terminal for longer than the next character: it has to be asked of every terminal that joins, and taken back from one that leaves. */
export interface TerminalModes {
  /** Takes what the program wrote; sequences may be cut anywhere. */
  push(chunk: Buffer): void;
  /** Asks for the modes that are in force. */
  enter(): string;
  /** Takes them back. */
  leave(): string;
  /** Whether the program draws all of the screen by itself, so that its last lines say little. */
  isFullScreen(): boolean;
  /** The program is gone. */
  clear(): void;
}

const ESC = '\u001b';
const ALTERNATE_SCREEN = new Set([47, 1047, 1049]);
/** On unless a program says otherwise: wrapping at the margin, the cursor. */
const ON_BY_DEFAULT = new Set([7, 25]);
/** Cursor keys; the mouse in its many ways; focus, and paste in brackets. */
const OFF_BY_DEFAULT = new Set([1, 9, 1000, 1002, 1003, 1004, 1005, 1006, 1015, 2004]);
/** Those of programs that draw, and not of a shell that reads a line. */
const DRAWING = [25, ...ALTERNATE_SCREEN, 9, 1000, 1002, 1003];
/** The longest sequence that is of interest here. */
const LONGEST = 64;

/** CSI with its prefix, parameters and final character, or one of the sequences of two characters. */
const SEQUENCES = /\u001b(?:\[([?><=!]?)([\d;]*)[ -/]*([@-~])|([=>c]))/g;

export function createTerminalModes(): TerminalModes {
  /** Numbers of the modes that are not as they are by default. */
  const changed = new Set<number>();
  let keypad = false;
  /** How keys are told, in the ways of kitty and xterm: as was asked for. */
  const keys = new Map<'kitty' | 'xterm', string>();
  let rest = '';

  function set(numbers: string, on: boolean): void {
    for (const number of numbers.split(';').map(Number)) {
      const isKnown = ON_BY_DEFAULT.has(number) || OFF_BY_DEFAULT.has(number) || ALTERNATE_SCREEN.has(number);
      if (!isKnown) continue;
      if (on === ON_BY_DEFAULT.has(number)) changed.delete(number);
      else changed.add(number);
    }
  }
  function setKeys(prefix: string, parameters: string, final: string): void {
    if (final === 'u' && prefix === '<') keys.delete('kitty');
    if (final === 'u' && (prefix === '>' || prefix === '=')) keys.set('kitty', `${ESC}[>${parameters.split(';')[0]}u`);
    if (final === 'm' && prefix === '>') {
      if (/^4;[12]$/.test(parameters)) keys.set('xterm', `${ESC}[>${parameters}m`);
      else keys.delete('xterm');
    }
  }
  function clear(): void {
    changed.clear();
    keys.clear();
    keypad = false;
    rest = '';
  }
  function takeCsi(prefix: string, parameters: string, final: string): void {
    if (prefix === '!' && final === 'p') clear();
    else if (prefix === '?' && (final === 'h' || final === 'l')) set(parameters, final === 'h');
    else setKeys(prefix, parameters, final);
  }
  function takeSimple(character: string): void {
    if (character === 'c') clear();
    else keypad = character === '=';
  }

  return {
    push(chunk) {
      const text = rest + chunk.toString('latin1');
      const last = text.lastIndexOf(ESC);
      rest = '';
      if (last === -1) return;
      let end = 0;
      for (const match of text.matchAll(SEQUENCES)) {
        const [, prefix, parameters = '', final, simple] = match;
        if (simple !== undefined) takeSimple(simple);
        else takeCsi(prefix ?? '', parameters, final ?? '');
        end = match.index + match[0].length;
      }
      if (last >= end && text.length - last < LONGEST) rest = text.slice(last);
    },
    enter() {
      const modes = [...changed].sort((one, other) => rank(one) - rank(other));
      return [...modes.map((mode) => command(mode, true)), keypad ? `${ESC}=` : '', ...keys.values()].join('');
    },
    leave() {
      const modes = [...changed].sort((one, other) => rank(other) - rank(one));
      const keysBack = [keys.has('kitty') ? `${ESC}[<u` : '', keys.has('xterm') ? `${ESC}[>4m` : ''];
      return [...keysBack, keypad ? `${ESC}>` : '', ...modes.map((mode) => command(mode, false))].join('');
    },
    isFullScreen: () => DRAWING.some((mode) => changed.has(mode)),
    clear,
  };
}

/** The other screen first, since a terminal may keep some modes with each. */
function rank(mode: number): number {
  return ALTERNATE_SCREEN.has(mode) ? 0 : 1;
}

function command(mode: number, changes: boolean): string {
  const on = changes !== ON_BY_DEFAULT.has(mode);
  return `${ESC}[?${mode}${on ? 'h' : 'l'}`;
}
