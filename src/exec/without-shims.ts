import { readFileSync } from 'node:fs';
import path from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the start-up files lie that panes of a Workspace have, whichever version of Dual made them. */
const HOOKS = /\/shims\/hooks(?:\/|$)/;
const START_UP = ['BASH_ENV', 'ENV', 'ZDOTDIR'];
const OF_A_PANE = new Set([
  ...[
    'DUAL_SHIMS',
    'DUAL_WORKSPACE',
    'DUAL_ENTERED',
    'DUAL_SHELL',
    'DUAL_BYPASS',
    'DUAL_WHICH',
    'SHLVL',
    'PERL_BADLANG',
  ],
  ...[...START_UP, 'XDG_DATA_DIRS'].map(ownName),
]);

/**
 * An environment as it would be outside of every Workspace's panes: what routes commands, and what such a pane has from its Project, is left
 * out, and what that took the place of is put back. Reads the directory of shims that it names.
 */
export function withoutShims(env: Environment): Record<string, string | undefined> {
  const { DUAL_SHIMS: shims } = env;
  const ofProject = new Set(shims === undefined ? [] : projectVariables(shims));
  const kept = Object.entries(env).filter(([name]) => !OF_A_PANE.has(name) && !ofProject.has(name));
  const clean: Record<string, string | undefined> = Object.fromEntries(kept);
  for (const name of START_UP) {
    if (!HOOKS.test(clean[name] ?? '')) continue;
    const own = env[ownName(name)];
    if (own === undefined) delete clean[name];
    else clean[name] = own;
  }
  const isForeign = (dir: string): boolean => !HOOKS.test(dir) && !isBelow(dir, shims && path.dirname(shims));
  for (const name of ['PATH', 'XDG_DATA_DIRS']) {
    const dirs = clean[name]?.split(':').filter(isForeign);
    if (dirs) clean[name] = dirs.join(':');
  }
  return clean;
}

/** Where the hooks keep what they took the place of (src/shims/hooks/workspace.sh). */
function ownName(name: string): string {
  return `DUAL_${name}`;
}

function isBelow(dir: string, parent: string | undefined): boolean {
  return parent !== undefined && dir.startsWith(`${parent}/`);
}

/** Names of the variables that panes with those shims have from their Project (src/shims/workspace-file.ts). */
function projectVariables(shims: string): string[] {
  const text = readIfThere(path.join(shims, 'workspace'));
  return /^env (.+)$/m.exec(text)?.[1]?.split(' ') ?? [];
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') return '';
    throw error;
  }
}
