import type { Context } from '../shared/context.ts';
import { reraise, type ExitStatus } from './exit-status.ts';

/** `dual`, called with `context.args`. Gives the exit code; ends by a signal when what it ran did. */
export async function dual(context: Context): Promise<number> {
  const status = await statusOf(context);
  return typeof status === 'number' ? status : reraise(status.signal);
}

/** Agents run their commands by `dual run`, so it goes its own way, past the parser and everything else that takes time to load. */
async function statusOf(context: Context): Promise<ExitStatus> {
  const [name, ...args] = context.args;
  if (name === 'run') {
    const { run } = await import('./commands/run.ts');
    return run(context, args);
  }
  const { dualProgram } = await import('./program.ts');
  return dualProgram(context);
}
