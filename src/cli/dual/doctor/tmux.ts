import semver from 'semver';
import type { CheckResult, DoctorContext } from './check.ts';
import { commandVersion } from './command-version.ts';
import { installCommand } from './install-command.ts';

const NEEDED = '>=3.2.0';

export async function checkTmux(context: DoctorContext): Promise<CheckResult> {
  const name = 'tmux';
  const fix = installCommand(context, 'tmux');
  const found = await commandVersion('tmux', ['-V'], context.env);
  if (!found)
    return { name, status: 'missing', message: 'tmux is not in the PATH; it holds the terminal sessions', fix };
  if (found.version && !semver.satisfies(found.version, NEEDED)) {
    return { name, status: 'missing', message: `${found.output} is too old, ${NEEDED} is needed`, fix };
  }
  return { name, status: 'ok', message: found.output };
}
