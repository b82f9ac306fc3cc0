import type { CheckResult, DoctorContext } from './check.ts';
import { checkDocker } from './docker.ts';
import { checkSandbox } from './sandbox.ts';

/** What workspaces can run in. One of the two will do; which one a Project gets, its `container.driver` says. */
export async function checkMachines(context: DoctorContext): Promise<CheckResult[]> {
  const [docker, sandbox] = await Promise.all([checkDocker(context), checkSandbox(context)]);
  return eitherOf(docker, sandbox);
}

/** The first result of each says whether it can be used at all; a system without sandboxes has none. */
export function eitherOf(docker: CheckResult[], sandbox: CheckResult[]): CheckResult[] {
  return [
    ...optional(docker, isUsable(sandbox), 'workspaces run in sandboxes instead'),
    ...optional(sandbox, isUsable(docker), 'workspaces run in Docker'),
  ];
}

function isUsable([first]: CheckResult[]): boolean {
  return first !== undefined && first.status !== 'missing';
}

function optional(results: CheckResult[], hasOther: boolean, instead: string): CheckResult[] {
  if (!hasOther) return results;
  return results.map((result) =>
    result.status === 'missing' ? { ...result, status: 'warning', message: `${result.message}; ${instead}` } : result,
  );
}
