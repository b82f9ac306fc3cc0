import os from 'node:os';
import type { ExecResult } from '../../../guest/protocol.ts';
import { note, type Context } from '../../shared/context.ts';
import type { ExitStatus } from '../exit-status.ts';

const NOT_FOUND = 127;
const NOT_RUNNABLE = 126;

/** How to end as the command did; says why it could not be started, as a shell would. */
export function statusOf(context: Pick<Context, 'stderr'>, result: ExecResult): ExitStatus {
  if ('code' in result) return result.code;
  if ('signal' in result) return isSignal(result.signal) ? { signal: result.signal } : 1;
  note(context, `dual: ${result.message}`);
  return result.failed === 'ENOENT' ? NOT_FOUND : NOT_RUNNABLE;
}

function isSignal(name: string): name is NodeJS.Signals {
  return Object.hasOwn(os.constants.signals, name);
}
