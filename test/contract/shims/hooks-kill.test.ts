import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeHookedShells } from '../../support/hooked-shells.ts';
import type { HookedShells } from '../../support/hooked-shells.ts';

let shells: HookedShells;

/** Without where in which file the shell was. */
function messages(stderr: string): string[] {
  return stderr.split('\n').map((line) => line.replace(/^.*\bkill:(\d+:)? */, ''));
}

beforeEach(() => {
  shells = makeHookedShells();
});
afterEach(() => {
  shells.remove();
});

describe.each(['bash', 'zsh'])('kill in %s', (shell) => {
  it.each([
    ['a pid', 'kill 123', 'a:kill 123'],
    ['with a signal', 'kill -9 123 456', 'a:kill -9 123 456'],
    ['with its name', 'kill -s TERM 123', 'a:kill -s TERM 123'],
    ['a group', 'kill -TERM -- -123', 'a:kill -TERM -- -123'],
    ['a group after a signal', 'kill -9 -123', 'a:kill -9 -123'],
    ['what a command has found', 'kill $(echo 123)', 'a:kill 123'],
    ['a list', 'kill -l 9', 'KILL'],
    ['past the function', 'builtin kill -l 9', 'KILL'],
  ])('takes %s', async (_, text, expected) => {
    expect((await shells.run([shell, '-c', text])).stdout.trimEnd()).toBe(expected);
  });

  it('ends jobs by itself, and splits what is mixed', async () => {
    const text = 'sleep 100 & kill %1; wait %1; echo $?; sleep 100 & kill -s KILL 123 %%; wait $!; echo $?';
    expect(await shells.lines([shell, '-c', text])).toEqual(['143', 'a:kill -s KILL -- 123', '137']);
  });

  it('says what the shell says to anything else', async () => {
    for (const text of ['kill', 'kill foo', 'kill %9', 'kill -s NOSUCH 1x']) {
      const hooked = await shells.run([shell, '-c', text]);
      const plain = await shells.run([shell, '-c', text], { env: shells.plainEnv });
      expect(hooked.exitCode).toBe(plain.exitCode);
      expect(messages(hooked.stderr)).toEqual(messages(plain.stderr));
    }
  });

  it('is the builtin once the shell has left the worktree, or the workspace has gone', async () => {
    const text = 'cd /; sleep 100 & kill $!; wait $!; echo $?';
    expect(await shells.lines([shell, '-c', text])).toEqual(['143']);
    rmSync(shells.shims.a, { recursive: true });
    expect(await shells.lines([shell, '-c', text.slice('cd /; '.length)])).toEqual(['143']);
  });

  it("leaves a function of the user's alone", async () => {
    shells.addTo('own', 'function kill { echo mine "$@"; }');
    shells.addTo('.zshenv', '. ~/own');
    const env = { ...shells.paneEnv, DUAL_BASH_ENV: `${shells.home}/own` };
    expect(await shells.lines([shell, '-c', 'kill 1'], { env })).toEqual(['mine 1']);
  });
});

it('reaches the workspace in fish, which has no kill of its own', async () => {
  expect(await shells.lines(['fish', '-c', 'kill -9 123'])).toEqual(['a:kill -9 123']);
});
