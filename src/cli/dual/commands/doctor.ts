import { print, type Context } from '../../shared/context.ts';
import { formatTable } from '../../shared/table.ts';
import { jsonOption, type Configure } from '../command.ts';
import type { CheckResult } from '../doctor/check.ts';
import { runChecks } from '../doctor/checks.ts';
import type { ExitStatus } from '../exit-status.ts';

export interface DoctorOptions {
  output?: 'json';
}

export const configureDoctor: Configure = (command, context, run) => {
  command
    .addOption(jsonOption())
    .action(run((options: DoctorOptions) => doctor(context, options)))
    .addHelpText('after', '\nThe exit code is 1 when something is missing without which Dual does not work.');
};

/** What is missing on this machine, and how to get it. 1 when it is something that is needed. */
export async function doctor(context: Context, options: DoctorOptions): Promise<ExitStatus> {
  const { env, home, paths } = context;
  const results = await runChecks({ env, home, paths, platform: process.platform });
  print(context, options.output === 'json' ? JSON.stringify(results, null, 2) : format(results));
  return results.some(({ status }) => status === 'missing') ? 1 : 0;
}

function format(results: readonly CheckResult[]): string {
  const table = formatTable(
    ['CHECK', 'STATUS', 'MESSAGE'],
    results.map(({ name, status, message }) => [name, status, message]),
  );
  const fixes = results.filter(({ fix }) => fix !== undefined).map(({ name, fix }) => `  ${name}: ${fix}`);
  if (fixes.length === 0) return `${table}\nNothing is missing.`;
  return `${table}\nWhat to do:\n${fixes.join('\n')}`;
}
