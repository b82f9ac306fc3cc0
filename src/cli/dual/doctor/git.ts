import semver from 'semver';
import type { CheckResult, DoctorContext } from './check.ts';
import { commandVersion } from './command-version.ts';
import { installCommand } from '../../../exec/install-command.ts';

/** Branch and clone options that Dual uses are all there from this version on. */
const NEEDED = '>=2.28.0';

export async function checkGit(context: DoctorContext): Promise<CheckResult> {
  const name = 'git';
  const fix = installCommand(context, 'git');
  const found = await commandVersion('git', ['--version'], context.env);
  if (!found) return { name, status: 'missing', message: 'git is not in the PATH; it makes the clones', fix };
  if (found.version && !semver.satisfies(found.version, NEEDED)) {
    return { name, status: 'missing', message: `git ${found.version} is too old, ${NEEDED} is needed`, fix };
  }
  return { name, status: 'ok', message: found.output };
}
