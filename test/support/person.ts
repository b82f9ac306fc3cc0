import type { IPty } from '@lydell/node-pty';
import { expect } from 'vitest';
import { eventually } from './eventually.ts';

/** Who sits at a terminal. */
export interface Person {
  terminal: IPty;
  /** All that has been shown. */
  all(): string;
  /** Waits until that is shown, and forgets what was shown before it. */
  sees(expected: string | RegExp): Promise<void>;
  /** Resolves with how the program on the terminal has ended. */
  ended: Promise<{ exitCode: number; signal?: number }>;
}

export function personAt(terminal: IPty): Person {
  let [all, text] = ['', ''];
  terminal.onData((data) => {
    all += data;
    text += data;
  });
  return {
    terminal,
    all: () => all,
    sees: (expected) =>
      eventually(() => {
        const found = typeof expected === 'string' ? text.indexOf(expected) : text.search(expected);
        expect(found, `in what was shown: ${JSON.stringify(text.slice(-5000))}`).not.toBe(-1);
        text = text.slice(found);
      }),
    ended: new Promise((resolve) => terminal.onExit(resolve)),
  };
}
