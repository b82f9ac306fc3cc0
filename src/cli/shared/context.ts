import type { Clock } from '../../clock/clock.ts';
import type { Paths } from '../../config/paths.ts';

export type Environment = Record<string, string | undefined>;
export type Input = NodeJS.ReadableStream & { isTTY?: boolean };
export type Output = NodeJS.WritableStream & { isTTY?: boolean; columns?: number };

/** All that a command may know of the process it runs in. Commands return or throw; only `runMain` exits. */
export interface Context {
  /** What was typed after the program's name. */
  args: readonly string[];
  env: Environment;
  cwd: string;
  home: string;
  stdin: Input;
  /** For data. */
  stdout: Output;
  /** For talk: progress, notes, errors. */
  stderr: Output;
  clock: Clock;
  paths: Paths;
  /** From the first call on, SIGINT and SIGTERM abort this signal; before that they end the process. */
  interruption(): AbortSignal;
}

export function print(context: Pick<Context, 'stdout'>, text: string): void {
  context.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** A remark for the person at the terminal, on standard error. */
export function note(context: Pick<Context, 'stderr'>, text: string): void {
  context.stderr.write(text.endsWith('\n') ? text : `${text}\n`);
}
