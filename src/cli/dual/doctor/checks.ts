import type { Check, CheckResult, DoctorContext } from './check.ts';
import { checkConfigured } from './config.ts';
import { checkDaemon } from './daemon.ts';
import { checkGit } from './git.ts';
import { checkHttps } from './https.ts';
import { checkInotify } from './inotify.ts';
import { checkLocalhost } from './localhost.ts';
import { checkMachines } from './machines.ts';
import { checkNativeModules } from './native-modules.ts';
import { checkNode } from './node.ts';
import { checkNpmRegistry } from './npm-registry.ts';
import { checkPerl } from './perl.ts';
import { checkTmux } from './tmux.ts';

const CHECKS: Record<string, Check> = {
  node: () => checkNode(),
  'native modules': (context) => checkNativeModules(context),
  git: checkGit,
  perl: (context) => checkPerl(context),
  tmux: checkTmux,
  docker: checkMachines,
  config: checkConfigured,
  localhost: (context) => checkLocalhost(context),
  https: (context) => checkHttps(context),
  inotify: (context) => checkInotify(context),
  'npm registry': checkNpmRegistry,
  daemon: checkDaemon,
};

/** Everything at once; in the order of the list. A check that fails itself is a warning, and the others go on. */
export async function runChecks(context: DoctorContext): Promise<CheckResult[]> {
  const results = await Promise.all(Object.entries(CHECKS).map(([name, check]) => attempt(context, name, check)));
  return results.flat();
}

async function attempt(context: DoctorContext, name: string, check: Check): Promise<CheckResult[]> {
  try {
    const result = await check(context);
    return Array.isArray(result) ? result : [result];
  } catch (error) {
    const message = `could not be looked at: ${(error as Error).message}`;
    return [{ name, status: 'warning', message, fix: 'see the message' }];
  }
}
