import { chmodSync, mkdirSync, mkdtempSync, realpathSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '../../src/exec/run.ts';
import type { RunResult } from '../../src/exec/run.ts';

export const HOOKS = path.resolve(import.meta.dirname, '../../src/shims/hooks');
const SYSTEM_PATH = '/usr/local/bin:/usr/bin:/bin';

/**
 * Two workspaces, `a` and `b`, with stand-ins for shims that say whose they are and with what they were called, here and in `called`; and a home whose start-up files put another `node` in front.
 */
export interface HookedShells {
  root: string;
  home: string;
  /** Worktrees and directories of shims, by workspace. */
  worktrees: { a: string; b: string };
  shims: { a: string; b: string };
  /** The environment of a pane of workspace `a`. */
  paneEnv: Record<string, string>;
  /** An environment that has never heard of workspaces. */
  plainEnv: Record<string, string>;
  /** Runs a program in the worktree of `a`, in that environment unless another is given. */
  run(argv: string[], options?: { cwd?: string; env?: Record<string, string>; input?: string }): Promise<RunResult>;
  /** Standard output of it, in lines. */
  lines(argv: string[], options?: { cwd?: string; env?: Record<string, string>; input?: string }): Promise<string[]>;
  /** Adds to a file below the home. */
  addTo(file: string, text: string): void;
  /** What `dual hook` prints. */
  hookText(shell: 'bash' | 'zsh' | 'fish'): string;
  remove(): void;
}

/** What nvm and its like do: a function that puts a directory in front of PATH, called once. */
const MANAGER = 'nvm() { export PATH="$HOME/nvm/bin:$PATH"; }\nnvm use\n';

export function makeHookedShells(): HookedShells {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'hk-')));
  const home = path.join(root, 'home');
  const worktrees = { a: path.join(root, 'clone a'), b: path.join(root, 'clone b') };
  const shims = { a: path.join(root, 'state/shims/aaaaaaaa'), b: path.join(root, 'state/shims/bbbbbbbb') };
  makeHome(home, root);
  for (const name of ['a', 'b'] as const) {
    mkdirSync(path.join(worktrees[name], 'sub'), { recursive: true });
    for (const tool of ['node', 'kill'])
      program(path.join(shims[name], 'bin', tool), `echo "${name}:${tool} $*" | tee -a '${root}/called'`);
    writeFileSync(path.join(shims[name], 'workspace'), `name ${name}\nworktree ${worktrees[name]}\nsocket /none\n`);
  }
  const index = path.join(root, 'state/shims/index');
  writeFileSync(index, `${worktrees.a}\t${shims.a}\n${worktrees.b}\t${shims.b}\n`);
  const plainEnv = { HOME: home, TERM: 'dumb', PATH: SYSTEM_PATH, LANG: 'C.UTF-8', HISTFILE: '/dev/null' };
  const paneEnv = {
    ...plainEnv,
    PATH: `${shims.a}/bin:${SYSTEM_PATH}`,
    DUAL_SHIMS: shims.a,
    DUAL_WORKSPACE: 'a',
    BASH_ENV: `${HOOKS}/bash/env.bash`,
    ENV: `${HOOKS}/posix/env.sh`,
    ZDOTDIR: `${HOOKS}/zsh`,
    XDG_DATA_DIRS: `${HOOKS}/fish:/usr/local/share:/usr/share`,
  };
  const start: HookedShells['run'] = ([file = '', ...args], { cwd = worktrees.a, env = paneEnv, input } = {}) =>
    run(file, args, {
      env,
      cwd,
      accept: Array.from({ length: 256 }, (_, code) => code),
      timeout: 15_000,
      ...(input === undefined ? {} : { input }),
    });
  return {
    root,
    home,
    worktrees,
    shims,
    paneEnv,
    plainEnv,
    run: start,
    lines: async (argv, options) => (await start(argv, options)).stdout.split('\n').filter((line) => line !== ''),
    addTo: (file, text) => {
      const whole = path.join(home, file);
      writeFileSync(whole, `${text}\n`, { flag: 'a' });
    },
    hookText: (shell) =>
      readFileSync(path.join(HOOKS, `hook.${shell}`), 'utf8')
        .replaceAll('@HOOKS@', `'${HOOKS}'`)
        .replaceAll('@INDEX@', `'${index}'`),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function makeHome(home: string, root: string): void {
  mkdirSync(path.join(home, '.config/fish'), { recursive: true });
  program(path.join(home, 'nvm/bin/node'), `echo "nvm:node $*" | tee -a '${root}/called'`);
  writeFileSync(path.join(home, 'nvm.sh'), MANAGER);
  for (const file of ['.bashrc', '.bash_profile', '.zshenv', '.zprofile', '.zshrc', '.zlogin'])
    writeFileSync(path.join(home, file), '. ~/nvm.sh\n');
  writeFileSync(
    path.join(home, '.config/fish/config.fish'),
    'function nvm; set -gx PATH ~/nvm/bin $PATH; end\nnvm\nset -g fish_greeting\n',
  );
}

function program(file: string, script: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}
