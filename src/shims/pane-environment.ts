import path from 'node:path';
import { withoutShims } from '../exec/without-shims.ts';
import type { ShimsSpec } from './shims.ts';

export interface PaneSetting {
  /** Of the Workspace's shims. */
  dir: string;
  /** Where Dual's scripts lie. */
  lib: string;
  /** The login shell's environment. */
  login: Readonly<Record<string, string>>;
  spec: Pick<ShimsSpec, 'workspace' | 'env'>;
}

/** Start-up files that keep the shims in front whatever a user's own do to PATH. */
const HOOKS = { BASH_ENV: 'hooks/bash/env.bash', ENV: 'hooks/posix/env.sh', ZDOTDIR: 'hooks/zsh' };
/** As the XDG base directory specification has it where the variable is not set. */
const DATA_DIRS = '/usr/local/share:/usr/share';

/** What a pane on the host gets on top of the login shell's environment. Pure, apart from a look at what that names. */
export function paneEnvironment({ dir, lib, login, spec }: PaneSetting): Record<string, string> {
  const clean = withoutShims(login);
  const hooks = Object.entries(HOOKS).map(([name, file]): [string, string] => [name, path.join(lib, file)]);
  return {
    // The machine's PATH is not the host's.
    ...Object.fromEntries(Object.entries(spec.env).filter(([name]) => name !== 'PATH')),
    ...usersOwn(clean),
    ...Object.fromEntries(hooks),
    // fish looks for start-up files there.
    XDG_DATA_DIRS: `${path.join(lib, 'hooks/fish')}:${clean['XDG_DATA_DIRS'] || DATA_DIRS}`,
    PATH: [path.join(dir, 'bin'), clean['PATH']].filter(Boolean).join(':'),
    // Without it bash takes itself for one that was started over the network when its input is a socket, as it is by Node, and reads no BASH_ENV.
    SHLVL: '1',
    // The shims are Perl, which complains of a locale that the host does not have where other programs do not.
    PERL_BADLANG: '0',
    DUAL_SHIMS: dir,
    DUAL_WORKSPACE: spec.workspace,
  };
}

/** What the hooks take the place of, and do as well (src/shims/hooks/workspace.sh). */
function usersOwn(clean: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const entries = [...Object.keys(HOOKS), 'XDG_DATA_DIRS'].flatMap((name): [string, string][] => {
    const own = clean[name];
    return own === undefined ? [] : [[`DUAL_${name}`, own]];
  });
  return Object.fromEntries(entries);
}

/** What an interactive shell on the host is started as, for one that would not find the hooks by its environment; empty for all others. Pure. */
export function interactiveShell(shell: string, lib: string): string[] {
  if (path.basename(shell) !== 'bash') return [];
  return [shell, '--rcfile', path.join(lib, 'hooks/bash/login.bash')];
}
