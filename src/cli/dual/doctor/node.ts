import semver from 'semver';
import type { CheckResult } from './check.ts';

const NEEDED = '>=20.19';

/** The Node that runs this very command also runs the daemon. */
export async function checkNode(version = process.version): Promise<CheckResult> {
  const name = 'node';
  if (semver.satisfies(version, NEEDED)) return { name, status: 'ok', message: `Node ${version}` };
  return {
    name,
    status: 'missing',
    message: `Node ${version} is too old, ${NEEDED} is needed`,
    fix: 'nvm install --lts   (or the current LTS from https://nodejs.org)',
  };
}
