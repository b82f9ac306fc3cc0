import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../../../config/package-root.ts';
import { INDEX_FILE } from '../../../shims/index-file.ts';
import { CliError } from '../../shared/errors.ts';
import { print, type Context } from '../../shared/context.ts';
import type { Configure } from '../command.ts';

const SHELLS = ['bash', 'zsh', 'fish'];

const NOTES = `
Routes the commands of a shell that is not in a pane of a workspace, whenever it is in a workspace's directory. In a
start-up file, as its last line:
  ~/.bashrc                     eval "$(dual hook bash)"
  ~/.zshrc                      eval "$(dual hook zsh)"
  ~/.config/fish/config.fish    dual hook fish | source`;

export const configureHook: Configure = (command, context, run) => {
  command
    .argument('<shell>', SHELLS.join(', '))
    .addHelpText('after', NOTES)
    .action(run((shell: string) => hook(context, shell)));
};

/** Prints what a shell has to read so that its commands are routed. */
export async function hook(context: Context, shell: string): Promise<void> {
  if (!SHELLS.includes(shell)) throw new CliError(`there is no hook for "${shell}"; there is ${SHELLS.join(', ')}`);
  const hooks = path.join(packageRoot(), 'dist/shims/hooks');
  const text = await readFile(path.join(hooks, `hook.${shell}`), 'utf8');
  const values = { HOOKS: hooks, INDEX: path.join(context.paths.shims, INDEX_FILE) };
  print(
    context,
    text.replaceAll(/@(HOOKS|INDEX)@/g, (_placeholder, name: 'HOOKS' | 'INDEX') => quoted(values[name], shell)),
  );
}

/** Between single quotes. fish knows a backslash in them. */
function quoted(value: string, shell: string): string {
  if (shell === 'fish') return `'${value.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
  return `'${value.replaceAll("'", String.raw`'\''`)}'`;
}
