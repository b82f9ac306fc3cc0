import { withoutShims } from '../../../exec/without-shims.ts';
import { note, type Context } from '../../shared/context.ts';
import type { ExitStatus } from '../exit-status.ts';
import { runInForeground } from '../foreground.ts';

const NOT_FOUND = 127;
const NOT_RUNNABLE = 126;

/** Runs a command on the host as if nothing were routed, and what it starts as well. */
export async function runOnHost(context: Context, argv: readonly string[]): Promise<ExitStatus> {
  const [file = '', ...args] = argv;
  const env = { ...context.env, PATH: withoutShims(context.env)['PATH'], DUAL_BYPASS: '1' };
  try {
    return await runInForeground({ file, args, env });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'EACCES') throw error;
    note(context, `dual: ${file}: ${code === 'ENOENT' ? 'command not found' : 'permission denied'}`);
    return code === 'ENOENT' ? NOT_FOUND : NOT_RUNNABLE;
  }
}
