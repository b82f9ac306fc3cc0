import { installCommand } from '../../../exec/install-command.ts';
import { PERL } from '../../../shims/perl.ts';
import type { CheckResult, DoctorContext } from './check.ts';
import { commandVersion } from './command-version.ts';

/** Its first version with everything that the scripts of src/shims use is older than any system still in use. */
export async function checkPerl(context: DoctorContext, perl = PERL): Promise<CheckResult> {
  const name = 'perl';
  const found = await commandVersion(perl, ['-e', 'print $^V'], context.env);
  if (found) return { name, status: 'ok', message: `perl ${found.output}` };
  const fix = installCommand(context, 'perl');
  return { name, status: 'missing', message: `${perl} is not there; it routes commands into machines`, fix };
}
