import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeHookedShells } from '../../support/hooked-shells.ts';
import type { HookedShells } from '../../support/hooked-shells.ts';

let shells: HookedShells;
beforeEach(() => {
  shells = makeHookedShells();
});
afterEach(() => {
  shells.remove();
});

it.each([
  ['a command', 'node -v', ['a:node -v']],
  ['after a manager', 'nvm; node 1; and node 2', ['a:node 1', 'a:node 2']],
  ['after another assignment', 'set -x PATH /usr/bin /bin; node x', ['a:node x']],
  ['in a function', 'function f; fish_add_path -pP ~/nvm/bin; node x; end; f', ['a:node x']],
  ['in what it starts', 'nvm; sh -c "node x"; fish -c "nvm; node y"', ['a:node x', 'a:node y']],
  ['in the other workspace', 'cd "../clone b"; nvm; node x; cd /; node y', ['b:node x', 'a:node y']],
])('finds the shims: %s', async (_, text, expected) => {
  for (const option of ['-c', '-lc']) {
    const { stdout, stderr } = await shells.run(['fish', option, text]);
    expect(stdout.trimEnd().split('\n')).toEqual(expected);
    expect(stderr).toBe('');
  }
});

it('leaves a local PATH to the script', async () => {
  expect(await shells.lines(['fish', '-c', 'begin; set -lx PATH ~/nvm/bin /usr/bin; node x; end; node y'])).toEqual([
    'nvm:node x',
    'a:node y',
  ]);
});

it("reads the user's own data directories", async () => {
  const env = { ...shells.paneEnv, XDG_DATA_DIRS: `${shells.paneEnv['XDG_DATA_DIRS'] ?? ''}:${shells.root}/data` };
  expect(await shells.lines(['fish', '-c', 'string join \\n $fish_complete_path'], { env })).toContain(
    `${shells.root}/data/fish/vendor_completions.d`,
  );
});

it('is off with DUAL_BYPASS, outside of the worktree, and when the workspace is gone', async () => {
  const text = 'nvm; node x; functions -q __dual_look; echo $status';
  expect(await shells.lines(['fish', '-c', text], { env: { ...shells.paneEnv, DUAL_BYPASS: '1' } })).toContain(
    'nvm:node x',
  );
  const gone = { ...shells.paneEnv, DUAL_SHIMS: `${shells.root}/state/shims/cccccccc` };
  expect(await shells.lines(['fish', '-c', text], { env: gone })).toContain('nvm:node x');
  expect(await shells.lines(['fish', '-c', 'nvm; node x'], { cwd: shells.root })).toEqual(['nvm:node x']);
});
