import type { ReadStream, WriteStream } from 'node:tty';
import type { Context } from '../../shared/context.ts';

/** The caller's terminal, when both its input and its output are one. */
export interface Terminal {
  input: ReadStream;
  output: WriteStream;
}

export interface Size {
  rows: number;
  cols: number;
}

export function terminalOf(context: Pick<Context, 'stdin' | 'stdout'>): Terminal | undefined {
  if (!context.stdin.isTTY || !context.stdout.isTTY) return undefined;
  return { input: context.stdin as ReadStream, output: context.stdout as WriteStream };
}

/** Some terminals (serial lines, editors' consoles) do not tell their size. */
export function sizeOf({ output }: Terminal): Size {
  return { rows: output.rows || 24, cols: output.columns || 80 };
}

export function onResize(terminal: Terminal, listener: (size: Size) => void): () => void {
  const report = (): void => listener(sizeOf(terminal));
  terminal.output.on('resize', report);
  return () => terminal.output.off('resize', report);
}

/** Hands every key over as it is, ^C too; the result undoes it. */
export function enterRawMode({ input }: Terminal): () => void {
  const before = input.isRaw;
  input.setRawMode(true);
  return () => {
    // A terminal that was closed meanwhile has no mode to go back to.
    if (!input.destroyed) input.setRawMode(before);
  };
}
