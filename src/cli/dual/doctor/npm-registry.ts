import { execa } from 'execa';
import { findProgram } from '../../../exec/find-program.ts';
import type { CheckResult, DoctorContext } from './check.ts';

const FIX = 'npm ping   (its error tells more: look at the proxy, the registry setting and NODE_EXTRA_CA_CERTS)';

/** The exact Node and package manager of a repo come from the npm registry; without it there is only what is cached already. */
export async function checkNpmRegistry({ env }: DoctorContext): Promise<CheckResult> {
  const name = 'npm registry';
  if (!findProgram('npm', env)) {
    return { name, status: 'warning', message: 'npm is not in the PATH', fix: 'install npm, it comes with Node' };
  }
  const { exitCode } = await execa('npm', ['ping', '--fetch-retries=0', '--fetch-timeout=5000'], {
    env,
    extendEnv: false,
    reject: false,
    timeout: 15_000,
    stdin: 'ignore',
  });
  if (exitCode === 0) return { name, status: 'ok', message: 'the npm registry answers' };
  return {
    name,
    status: 'warning',
    message:
      'the npm registry does not answer; what repos ask for in another Node or package manager cannot be fetched',
    fix: FIX,
  };
}
