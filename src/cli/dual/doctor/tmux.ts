import semver from 'semver';
import type { CheckResult, DoctorContext } from './check.ts';
import { commandVersion } from './command-version.ts';
import { installCommand } from '../../../exec/install-command.ts';

const NEEDED = '>=3.2.0';

const INSTEAD = '; sessions are held by the backend `basic` instead';

/** Wanted, and needed only where there is no other backend. */
export async function checkTmux(context: DoctorContext): Promise<CheckResult> {
  const name = 'tmux';
  const fix = installCommand(context, 'tmux');
  const without = (message: string): CheckResult =>
    context.platform === 'linux'
      ? { name, status: 'warning', message: `${message}${INSTEAD}`, fix }
      : { name, status: 'missing', message: `${message}; it holds the sessions`, fix };
  const found = await commandVersion('tmux', ['-V'], context.env);
  if (!found) return without('tmux is not in the PATH');
  if (found.version && !semver.satisfies(found.version, NEEDED)) {
    return without(`${found.output} is too old, ${NEEDED} is needed`);
  }
  return { name, status: 'ok', message: found.output };
}
