import semver from 'semver';
import type { CheckResult, DoctorContext } from './check.ts';
import { commandVersion } from './command-version.ts';
import { installCommand } from '../../../exec/install-command.ts';

const NEEDED = '>=3.2.0';

const INSTEAD = 'sessions are held by the backend `basic` instead';

/** Wanted, not needed. */
export async function checkTmux(context: DoctorContext): Promise<CheckResult> {
  const name = 'tmux';
  const fix = installCommand(context, 'tmux');
  const found = await commandVersion('tmux', ['-V'], context.env);
  if (!found) return { name, status: 'warning', message: `tmux is not in the PATH; ${INSTEAD}`, fix };
  if (found.version && !semver.satisfies(found.version, NEEDED)) {
    return { name, status: 'warning', message: `${found.output} is too old, ${NEEDED} is needed; ${INSTEAD}`, fix };
  }
  return { name, status: 'ok', message: found.output };
}
