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

it('has the shims in front in dash at a terminal, after the file that the user has it read', async () => {
  shells.addTo('own env', 'own=read; . ~/nvm.sh');
  const env = { ...shells.paneEnv, DUAL_ENV: '$HOME/own env' };
  const text = 'echo $own; node x; kill 12; kill -9 -12; kill -s TERM 12; kill -l 9; kill -0 $$ %9 || echo job';
  expect(await shells.lines(['dash', '-ic', text], { env })).toEqual([
    'read',
    'a:node x',
    'a:kill 12',
    'a:kill -9 -12',
    'a:kill -s TERM 12',
    'KILL',
    'job',
  ]);
});

it('has them in sh -c, which reads nothing', async () => {
  expect(await shells.lines(['sh', '-c', 'node x'])).toEqual(['a:node x']);
});

it('is off with DUAL_BYPASS, and when the workspace is gone', async () => {
  const text = '. ~/nvm.sh; node x; type kill';
  const plain = await shells.lines(['dash', '-ic', text], { env: shells.plainEnv });
  expect(await shells.lines(['dash', '-ic', text], { env: { ...shells.paneEnv, DUAL_BYPASS: '1' } })).toEqual(plain);
  const gone = { ...shells.paneEnv, DUAL_SHIMS: `${shells.root}/state/shims/cccccccc` };
  expect(await shells.lines(['dash', '-ic', text], { env: gone })).toEqual(plain);
});
