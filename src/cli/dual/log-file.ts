import { existsSync } from 'node:fs';
import { execa } from 'execa';
import { print, type Context } from '../shared/context.ts';
import { CliError } from '../shared/errors.ts';

export interface LogFileOptions {
  follow?: boolean;
  /** Lines from the end; everything when left out. */
  tail?: number;
}

/** Shows a log file by tail(1), which also follows one that is replaced by a new one. Ends by ^C when it follows. */
export async function showLogFile(context: Context, file: string, options: LogFileOptions): Promise<void> {
  if (!existsSync(file)) throw new CliError(`there is no ${file} yet`);
  const lines = options.tail === undefined ? '+1' : String(options.tail);
  const args = ['-n', lines, ...(options.follow ? ['-F'] : []), '--', file];
  const cancelSignal = context.interruption();
  const tail = execa('tail', args, {
    env: context.env,
    extendEnv: false,
    buffer: false,
    stdin: 'ignore',
    cancelSignal,
  });
  try {
    for await (const line of tail) print(context, line === '' ? '\n' : line);
  } catch (error) {
    if (!cancelSignal.aborted) throw error;
  }
}
