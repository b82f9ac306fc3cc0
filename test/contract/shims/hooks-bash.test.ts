import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeHookedShells } from '../../support/hooked-shells.ts';
import type { HookedShells } from '../../support/hooked-shells.ts';

let shells: HookedShells;
beforeEach(() => {
  shells = makeHookedShells();
});
afterEach(() => {
  shells.remove();
});

function script(text: string): string {
  const file = `${shells.root}/script`;
  writeFileSync(file, text, { mode: 0o755 });
  return file;
}

describe('bash that runs a command', () => {
  it.each([
    ['a command', ['-c', 'node -v'], ['a:node -v']],
    ['with a profile', ['-lc', 'node -v'], ['a:node -v']],
    ['with a profile and a manager', ['-lc', 'nvm use && node -v'], ['a:node -v']],
    ['after a snapshot', ['-c', 'source ~/nvm.sh && eval "node -v" < /dev/null && echo ok'], ['a:node -v', 'ok']],
    ['after another assignment', ['-c', 'PATH=/usr/bin:/bin; node 1'], ['a:node 1']],
    [
      'in functions and subshells',
      ['-c', 'main() { . ~/nvm.sh; node f; (nvm; node s); echo $(nvm; node c); }; main'],
      ['a:node f', 'a:node s', 'a:node c'],
    ],
    ['in what make and git start', ['-c', '. ~/nvm.sh; sh -c "node child"'], ['a:node child']],
    ['in a restricted shell', ['-r', '-c', 'eval "node r"'], ['a:node r']],
    ['in POSIX mode', ['--posix', '-c', 'node p'], ['a:node p']],
  ])('finds the shims: %s', async (_, args, expected) => {
    const { stdout, stderr } = await shells.run(['bash', ...args]);
    expect(stdout.trimEnd().split('\n')).toEqual(expected);
    expect(stderr).toBe('');
  });

  it('finds them in scripts, by name and by their first line', async () => {
    const file = script('#!/bin/bash\nset -euo pipefail\n. ~/nvm.sh\nmain() { nvm; node "$@"; }\nmain x y\n');
    expect(await shells.lines(['bash', file])).toEqual(['a:node x y']);
    expect(await shells.lines([file])).toEqual(['a:node x y']);
    expect(await shells.lines(['bash', '-s'], { input: '. ~/nvm.sh; nvm\nnode i\n' })).toEqual(['a:node i']);
  });

  it('keeps what a script can see of the commands before', async () => {
    const text = [
      'source ~/nvm.sh; echo a b; PATH=/usr/bin:/bin; false; echo "$?"',
      'true one two; echo "$_"; false | true | false; echo "${PIPESTATUS[@]}"',
      'nosuch; echo "$LINENO $? $#"; f() { return 3; }; f; echo $?',
    ].join('\n');
    const hooked = await shells.run(['bash', script(text), 'x']);
    const plain = await shells.run(['bash', script(text), 'x'], { env: shells.plainEnv });
    expect(hooked).toEqual(plain);
  });

  it('lets set -e and set -u end a script as they do', async () => {
    for (const text of ['set -eu; . ~/nvm.sh; false; echo on', 'set -eu; . ~/nvm.sh; echo "$unset"; echo on']) {
      const hooked = await shells.run(['bash', script(text)]);
      expect(hooked).toEqual(await shells.run(['bash', script(text)], { env: shells.plainEnv }));
      expect(hooked.exitCode).toBe(1);
    }
    expect((await shells.run(['bash', '-euo', 'pipefail', '-c', '. ~/nvm.sh; node x; false'])).exitCode).toBe(1);
  });

  it('leaves no trace in that of a script', async () => {
    const text = 'set -x; f() { echo in; }; f; y=$(echo sub); PATH=$PATH:/x; [[ $y == sub ]]';
    const env = { ...shells.plainEnv, PATH: shells.paneEnv['PATH'] ?? '' };
    for (const argv of [
      ['bash', '-c', text],
      ['bash', '-x', '-c', text],
      ['bash', script(text)],
    ])
      expect(await shells.run(argv)).toEqual(await shells.run(argv, { env }));
  });

  it("leaves a script's own traps alone", async () => {
    const text = [
      'PATH=$PATH; inner() { :; }; outer() { trap "echo returned" RETURN; inner; inner; }; outer',
      'trap "echo before: \\$BASH_COMMAND" DEBUG; inner; trap - DEBUG; trap "echo ended" EXIT; trap -p',
    ].join('\n');
    expect(await shells.run(['bash', script(text)])).toEqual(
      await shells.run(['bash', script(text)], { env: shells.plainEnv }),
    );
  });

  it('becomes the last command as it would, and shows no trap where none is needed', async () => {
    expect(await shells.lines(['bash', '-c', 'trap -p; echo "$-"; true && exec sh -c "echo on"'])).toEqual([
      'hBc',
      'on',
    ]);
    const text = 'ps -o comm= -p $$; true && ps -o args= -p $$';
    const hooked = await shells.run(['bash', '-c', text]);
    expect(hooked).toEqual(await shells.run(['bash', '-c', text], { env: shells.plainEnv }));
  });

  it("says what bash says when PATH is the script's alone", async () => {
    const text = 'readonly PATH; node 1; eval "node 2"';
    expect(await shells.lines(['bash', '-c', text])).toEqual(['a:node 1', 'a:node 2']);
    expect(await shells.lines(['bash', '-c', 'PATH=/usr/bin:/bin; readonly PATH; eval "node 2"'])).toEqual([
      'a:node 2',
    ]);
  });

  it("reads the user's own BASH_ENV first", async () => {
    shells.addTo('own env', 'echo own; . ~/nvm.sh');
    const env = { ...shells.paneEnv, DUAL_BASH_ENV: '$HOME/own env' };
    expect(await shells.lines(['bash', '-c', 'node 1; nvm; node 2'], { env })).toEqual(['own', 'a:node 1', 'a:node 2']);
  });
});

describe('bash by name', () => {
  it('leaves every other call as it is', async () => {
    const args = ['-c', 'echo "$0|$1|$2|$-"', 'a b', '', '-i'];
    expect(await shells.run(['bash', ...args])).toEqual(await shells.run(['bash', ...args], { env: shells.plainEnv }));
    expect(await shells.lines(['bash', '--norc', '-ic', 'echo "$-"; trap -p'])).toEqual(['hiBHc']);
  });
});

it('is off with DUAL_BYPASS, outside of the worktree, and when the workspace is gone', async () => {
  const text = '. ~/nvm.sh; node x; type -t kill; trap -p; set -o | grep functrace';
  const plain = await shells.run(['bash', '-c', text], { env: shells.plainEnv });
  expect(await shells.run(['bash', '-c', text], { env: { ...shells.paneEnv, DUAL_BYPASS: '1' } })).toEqual(plain);
  expect(await shells.run(['bash', '-c', text], { cwd: shells.root })).toEqual(plain);
  const gone = { ...shells.paneEnv, DUAL_SHIMS: `${shells.root}/state/shims/cccccccc` };
  expect(await shells.run(['bash', '-c', text], { env: gone })).toEqual(plain);
  expect(await shells.run(['env', '-i', `HOME=${shells.home}`, 'bash', '-c', text])).toEqual(plain);
});

it('follows a command that is told to go to the worktree', async () => {
  const text = `cd '${shells.worktrees.a}' && . ~/nvm.sh && node x`;
  expect(await shells.lines(['bash', '-c', text], { cwd: shells.root })).toEqual(['a:node x']);
});
