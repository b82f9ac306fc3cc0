import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { findProgram } from '../../../exec/find-program.ts';
import { run } from '../../../exec/run.ts';
import { withoutShims } from '../../../exec/without-shims.ts';
import { INDEX_FILE, findInIndex } from '../../../shims/index-file.ts';
import { WORKSPACE_FILE, valueIn } from '../../../shims/workspace-file.ts';
import { note, print, type Context } from '../../shared/context.ts';
import type { Configure } from '../command.ts';
import type { ExitStatus } from '../exit-status.ts';

/** As which(1). */
const NOT_FOUND = 1;
/** Of src/shims/which.pl. */
const NOT_KNOWN = 2;

const NOTES = `
Prints "container" or "host", the program's path there, and why. The arguments count: curl of another host than
localhost stays on the host. The exit code is 1 when there is no such program.

Examples:
  dual which node
  dual which curl localhost:3000`;

interface Answer {
  place: string;
  why: string;
  /** Where the program is; undefined when it is not there. */
  program?: string | undefined;
}

export const configureWhich: Configure = (command, context, run) => {
  command
    .argument('<command>', 'name of a command')
    .argument('[args...]', 'its arguments')
    .passThroughOptions()
    .addHelpText('after', NOTES)
    .action(run((name: string, args: string[]) => which(context, name, args)));
};

/** Says where a command would run that a shell starts in the current directory. */
export async function which(context: Context, name: string, args: readonly string[]): Promise<ExitStatus> {
  const { place, why, program } = await answer(context, name, args);
  if (program === undefined) {
    note(context, `dual: ${name}: no such program (${place}: ${why})`);
    return NOT_FOUND;
  }
  print(context, `${place}: ${program}\n  ${why}`);
  return 0;
}

async function answer(context: Context, name: string, args: readonly string[]): Promise<Answer> {
  const { env, cwd, paths } = context;
  const onHost = (why: string): Answer => ({ place: 'host', why, program: findProgram(name, withoutShims(env)) });
  if (name.includes('/')) return { place: 'host', why: 'it is called by its path', program: programAt(name, cwd) };
  const index = await readIfThere(path.join(paths.shims, INDEX_FILE));
  const entry = findInIndex(index, await realpath(cwd));
  if (!entry) return onHost(`${cwd} is in no workspace`);
  const named = valueIn(await readIfThere(path.join(entry.dir, WORKSPACE_FILE)), 'host')?.split(' ') ?? [];
  if (named.includes(name)) return onHost('the project names it in commands.host');
  const shim = findProgram(name, { PATH: path.join(entry.dir, 'bin') });
  if (shim === undefined) return onHost('it is not routed: not in the routing table, or not in the machine');
  return askShim(context, shim, args);
}

function programAt(file: string, cwd: string): string | undefined {
  return findProgram(file, {}, [path.isAbsolute(file) ? '/' : cwd]);
}

/** The decision is made in one place, by what would run the command. */
async function askShim({ env, cwd }: Context, shim: string, args: readonly string[]): Promise<Answer> {
  const asked = { ...env, PWD: cwd, DUAL_WHICH: 'shell' };
  const { stdout, exitCode } = await run(shim, args, { env: asked, cwd, accept: [0, NOT_FOUND, NOT_KNOWN] });
  const [decision = '', program] = stdout.split('\n');
  const [place = '', why = ''] = decision.split('\t');
  if (exitCode === NOT_KNOWN)
    return { place, why, program: `${path.basename(shim)} (the machine does not answer now)` };
  return { place, why, program: program || undefined };
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
