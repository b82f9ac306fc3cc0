import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { HOOKS, makeHookedShells } from '../../support/hooked-shells.ts';
import type { HookedShells } from '../../support/hooked-shells.ts';

let shells: HookedShells;
beforeEach(() => {
  shells = makeHookedShells();
});
afterEach(() => {
  shells.remove();
});

it.each([
  ['a command', ['-c', 'node -v'], ['a:node -v']],
  ['login', ['-lc', 'node -v'], ['a:node -v']],
  ['interactive', ['-ic', 'node -v'], ['a:node -v']],
  ['both', ['-lic', 'nvm; node -v'], ['a:node -v']],
  ['after a snapshot', ['-c', 'source ~/nvm.sh && eval "node -v" < /dev/null && echo ok'], ['a:node -v', 'ok']],
  ['after a manager', ['-lc', 'nvm use && node -v; echo $?'], ['a:node -v', '0']],
  ['in functions and subshells', ['-c', 'f() { . ~/nvm.sh; node f; (nvm; node s); }; f'], ['a:node f', 'a:node s']],
  ['in the zsh of a zsh', ['-c', '. ~/nvm.sh; zsh -c "node z; nvm; node zz"'], ['a:node z', 'a:node zz']],
  ['with options that scripts set', ['-euc', 'setopt ksharrays shwordsplit; . ~/nvm.sh; node x'], ['a:node x']],
])('finds the shims: %s', async (_, args, expected) => {
  const { stdout, stderr } = await shells.run(['zsh', ...args]);
  expect(stdout.trimEnd().split('\n')).toEqual(expected);
  expect(stderr).toBe('');
});

it('finds them in scripts', async () => {
  const file = `${shells.root}/script`;
  writeFileSync(file, '#!/usr/bin/zsh\n. ~/nvm.sh\nnode $1\nnvm\nnode $2\n', { mode: 0o755 });
  expect(await shells.lines([file, '1', '2'])).toEqual(['a:node 1', 'a:node 2']);
  expect(await shells.lines(['zsh', file, '1', '2'])).toEqual(['a:node 1', 'a:node 2']);
  expect(await shells.lines(['zsh', '-s'], { input: '. ~/nvm.sh\nnode i\n' })).toEqual(['a:node i']);
});

it('keeps what a script can see of the commands before, and leaves no trace in that of a script', async () => {
  const text =
    '. ~/nvm.sh; true one two; echo "$_"; false; echo $?; PATH=$PATH:/x; set -x; echo a; f() { echo in }; f; (echo s)';
  const env = { ...shells.plainEnv, PATH: shells.paneEnv['PATH'] ?? '' };
  for (const argv of [
    ['zsh', '-c', text],
    ['zsh', '-c', `set -e; ${text}; false; echo on`],
  ])
    expect(await shells.run(argv)).toEqual(await shells.run(argv, { env }));
});

it("reads the user's own files once, from where they are, with the user's ZDOTDIR", async () => {
  const own = `${shells.home}/own`;
  mkdirSync(own);
  writeFileSync(`${shells.home}/.zshenv`, 'echo env; ZDOTDIR=~/own\n');
  for (const name of ['zprofile', 'zshrc', 'zlogin', 'zlogout'])
    writeFileSync(`${own}/.${name}`, `echo ${name} $ZDOTDIR $0:t; . ~/nvm.sh\n`.replace(' $0:t', ''));
  const lines = await shells.lines(['zsh', '-lic', 'echo $ZDOTDIR; node x; zsh -c "node y"; exit']);
  const plain = await shells.lines(['zsh', '-lic', 'echo $ZDOTDIR; node x; zsh -c "node y"; exit'], {
    env: shells.plainEnv,
  });
  expect(lines).toEqual(plain.map((line) => line.replace('nvm:', 'a:')));
  expect(lines).toContain(`zlogin ${own}`);
  expect(lines).toContain(own);
  const env = { ...shells.paneEnv, DUAL_ZDOTDIR: own };
  writeFileSync(`${own}/.zshenv`, 'echo own env\n');
  expect(await shells.lines(['zsh', '-c', 'node x'], { env })).toEqual(['own env', 'a:node x']);
});

it('keeps history and completions where they belong', async () => {
  writeFileSync(
    `${shells.home}/.zshrc`,
    'autoload -Uz compinit; compinit -u; : ${HISTFILE:=${ZDOTDIR:-$HOME}/.zsh_history}; . ~/nvm.sh\n',
  );
  const env: Record<string, string> = { ...shells.paneEnv };
  delete env['HISTFILE'];
  expect(await shells.lines(['zsh', '-ic', 'echo $HISTFILE; node x'], { env })).toEqual([
    `${shells.home}/.zsh_history`,
    'a:node x',
  ]);
  expect(await shells.lines(['zsh', '-c', 'source ~/.zshrc; node x'], { env })).toEqual(['a:node x']);
  expect(existsSync(`${shells.home}/.zcompdump`)).toBe(true);
  expect(existsSync(`${HOOKS}/zsh/.zcompdump`)).toBe(false);
});

it('is off with DUAL_BYPASS, outside of the worktree, and when the workspace is gone', async () => {
  const text = '. ~/nvm.sh; node x; whence -w kill; trap; echo $+functions[__dual_look]';
  const plain = await shells.run(['zsh', '-c', text], { env: shells.plainEnv });
  expect(await shells.run(['zsh', '-c', text], { env: { ...shells.paneEnv, DUAL_BYPASS: '1' } })).toEqual(plain);
  const gone = { ...shells.paneEnv, DUAL_SHIMS: `${shells.root}/state/shims/cccccccc` };
  expect(await shells.run(['zsh', '-c', text], { env: gone })).toEqual(plain);
  const outside = await shells.run(['zsh', '-c', text.replace(/; echo .*/, '')], { cwd: shells.root });
  expect(outside.stdout).toBe(plain.stdout.replace(/0\n?$/, ''));
});
