import { CliError } from '../../shared/errors.ts';
import type { FileOptions } from './files.ts';
import type { Context } from '../../shared/context.ts';
import { type Target, parseResourceArgs } from './resource-args.ts';

/** The flags that say which objects a command is about. */
export interface SelectionOptions extends FileOptions {
  selector?: string;
  fieldSelector?: string;
  all?: boolean;
}

/** Which objects the command line names. @throws CliError */
export async function selectTargets(
  context: Context,
  args: readonly string[],
  options: SelectionOptions,
): Promise<Target[]> {
  if (options.filename) {
    if (args.length > 0) throw new CliError('when files are given with -f, no resources may be given as arguments');
    // Loaded when needed, since it brings the YAML parser with it.
    const { fileTargets } = await import('./files.ts');
    return fileTargets(context, options);
  }
  const targets = parseResourceArgs(args);
  const named = targets.some((target) => target.names.length > 0);
  if (named && (options.selector ?? options.fieldSelector) !== undefined) {
    throw new CliError('name cannot be provided when a selector is specified');
  }
  if (named && options.all) throw new CliError('name cannot be provided when --all is specified');
  return targets;
}

/** For commands that act: that everything of a type is meant has to be said. @throws CliError */
export function requireChoice(targets: readonly Target[], options: SelectionOptions): void {
  const chosen = options.all ?? options.selector ?? options.fieldSelector;
  if (chosen !== undefined || targets.every(({ names }) => names.length > 0)) return;
  throw new CliError('resource(s) were provided, but no name was specified: give names, -l or --all');
}
