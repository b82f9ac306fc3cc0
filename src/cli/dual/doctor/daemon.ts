import { packageVersion } from '../../../config/package-root.ts';
import { daemonStatus } from '../../../daemon/start.ts';
import type { CheckResult, DoctorContext } from './check.ts';

/** It is not started just to be looked at. */
export async function checkDaemon({ paths }: DoctorContext): Promise<CheckResult> {
  const name = 'daemon';
  const { running, pid, version } = await daemonStatus(paths);
  if (!running) {
    return {
      name,
      status: 'warning',
      message: 'it does not run; it starts with the next command',
      fix: 'dual daemon start',
    };
  }
  const message = `version ${version ?? 'unknown'} runs (process ${pid ?? 'unknown'})`;
  if (version === packageVersion()) return { name, status: 'ok', message };
  return {
    name,
    status: 'warning',
    message: `${message}, but this is ${packageVersion()}`,
    fix: 'dual daemon restart',
  };
}
