import { packageRoot } from '../../../config/package-root.ts';
import { findProgram } from '../../../exec/find-program.ts';
import { installCommand } from '../../../exec/install-command.ts';
import { quote } from '../quote.ts';
import type { CheckResult, DoctorContext } from './check.ts';

/** What npm compiles with, and the packages that have all of it where their names differ from the programs'. */
const COMPILERS = ['make', 'g++', 'python3'];
const PACKAGES = {
  dnf: 'make gcc-c++ python3',
  pacman: 'make gcc python',
  zypper: 'make gcc-c++ python3',
};

/**
 * Dual's own native module, which another version of Node needs anew, and what npm compiles such modules with where no ready-made binary fits:
 * Dual's, and in sandboxes those of the user's repos.
 */
export async function checkNativeModules(
  context: Pick<DoctorContext, 'env' | 'platform'>,
  load: () => Promise<unknown> = openDatabase,
): Promise<CheckResult> {
  const name = 'native modules';
  const lacking = COMPILERS.filter((program) => findProgram(program, context.env) === undefined);
  const install = lacking.length === 0 ? '' : compilersFix(context);
  try {
    await load();
  } catch (error) {
    const message = `better-sqlite3 does not work with Node ${process.version}: ${(error as Error).message.split('\n')[0]}`;
    const rebuild = `npm --prefix ${quote(packageRoot())} rebuild better-sqlite3`;
    return { name, status: 'missing', message, fix: [install, rebuild].filter(Boolean).join(' && ') };
  }
  if (lacking.length === 0) return { name, status: 'ok', message: 'better-sqlite3 works, and others can be compiled' };
  const message = `npm cannot compile any where no ready-made binary fits: ${lacking.join(', ')} not in the PATH`;
  return { name, status: 'warning', message, fix: install };
}

function compilersFix(context: Pick<DoctorContext, 'env' | 'platform'>): string {
  if (context.platform === 'darwin') return 'xcode-select --install';
  return installCommand(context, COMPILERS.join(' '), PACKAGES);
}

/** Loaded here alone, so that the other checks work without it. */
async function openDatabase(): Promise<void> {
  const { default: Database } = await import('better-sqlite3');
  new Database(':memory:').close();
}
