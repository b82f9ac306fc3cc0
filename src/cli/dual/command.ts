import { InvalidArgumentError, Option, type Command } from 'commander';
import { formatDuration } from '../shared/age.ts';
import type { Context } from '../shared/context.ts';
import { parseDuration } from '../shared/duration.ts';
import type { ExitStatus } from './exit-status.ts';

/** Wraps an action so that what it gives becomes the program's exit status; nothing means 0. */
export type Run = <Words extends unknown[]>(
  action: (...words: Words) => Promise<ExitStatus | void>,
) => (...words: Words) => Promise<void>;

/** Adds arguments, options and the action to a command that has its name already. */
export type Configure = (command: Command, context: Context, run: Run) => void;

/** `--timeout`, in milliseconds as the action sees it. */
export function timeoutOption(milliseconds: number): Option {
  return new Option('--timeout <duration>', 'how long to wait, as in 90s or 5m')
    .argParser(durationArgument)
    .default(milliseconds, formatDuration(milliseconds));
}

export function jsonOption(): Option {
  return new Option('-o, --output <format>', 'json instead of a table').choices(['json']);
}

/** A duration in milliseconds. */
export function durationArgument(text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

export function countArgument(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It has to be a whole number.');
  return Number(text);
}
