import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { endSession } from '../../src/exec/process-session.ts';
import { startOnTerminal } from '../../src/exec/terminal-process.ts';
import { eventually } from './eventually.ts';
import type { HookedShells } from './hooked-shells.ts';

/** Somebody types into a shell, on a terminal. */
export interface Typing {
  /** Types a line, and waits until that is the last that was called by it. */
  type(line: string, called: string): Promise<void>;
  /** All that has been shown. */
  shown(): string;
  end(): Promise<void>;
}

export function typeInto(
  shells: HookedShells,
  argv: string[],
  { cwd = shells.worktrees.a, env = shells.paneEnv }: { cwd?: string; env?: Record<string, string> } = {},
): Typing {
  const terminal = startOnTerminal({
    argv,
    cwd,
    env: { ...env, PWD: cwd },
    umask: 0o022,
    size: { rows: 40, cols: 200 },
  });
  let text = '';
  terminal.output.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return {
    async type(line, called) {
      terminal.input.write(`${line}\r`);
      await eventually(() => expect(lastCalled(shells.root), text).toBe(called), { timeout: 15_000 });
    },
    shown: () => text,
    end: () => endSession(terminal.pid, 500),
  };
}

function lastCalled(root: string): string | undefined {
  try {
    return readFileSync(`${root}/called`, 'utf8').trimEnd().split('\n').at(-1);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
