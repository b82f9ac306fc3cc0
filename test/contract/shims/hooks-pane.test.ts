import { rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOOKS, makeHookedShells } from '../../support/hooked-shells.ts';
import type { HookedShells } from '../../support/hooked-shells.ts';
import { typeInto } from '../../support/typing.ts';
import type { Typing } from '../../support/typing.ts';

let shells: HookedShells;
const typing: Typing[] = [];
beforeEach(() => {
  shells = makeHookedShells();
});
afterEach(async () => {
  for (const one of typing.splice(0)) await one.end();
  shells.remove();
});

function pane(shell: string): Typing {
  const argv = shell === 'bash' ? ['bash', '--rcfile', `${HOOKS}/bash/login.bash`, '-i'] : [shell, '-l'];
  const started = typeInto(shells, argv);
  typing.push(started);
  return started;
}

describe.each(['bash', 'zsh', 'fish'])('a pane with %s', (shell) => {
  it('keeps the shims in front, whatever a line does', async () => {
    const { type, shown } = pane(shell);
    await type('node 1', 'a:node 1');
    await type('nvm; node 2', 'a:node 2');
    await type('nvm && node 22', 'a:node 22');
    await type('cd sub; nvm', 'a:node 22');
    await type('node 3', 'a:node 3');
    await type('sh -c "node 4"', 'a:node 4');
    await type('kill 123', 'a:kill 123');
    expect(shown()).not.toMatch(/not found|__dual|no such|error/i);
  });

  it("takes the other workspace's in its directory, and its own again elsewhere", async () => {
    const { type } = pane(shell);
    await type('cd "../clone b/sub"; node 1', 'b:node 1');
    await type('nvm; node "$DUAL_WORKSPACE"', 'b:node b');
    await type('bash -c ". ~/nvm.sh; node 3"', 'b:node 3');
    await type('cd /', 'b:node 3');
    await type('node "$DUAL_WORKSPACE"', 'a:node a');
  });

  it('hooks the shells that are started in it', async () => {
    const { type } = pane(shell);
    await type('bash -lc "nvm; node 1"', 'a:node 1');
    await type('zsh -lic "nvm; node 3"', 'a:node 3');
    await type('fish -c "nvm; node 4"', 'a:node 4');
    await type('zsh', 'a:node 4');
    await type('nvm; node 5', 'a:node 5');
    await type('fish', 'a:node 5');
    await type('nvm; node 7', 'a:node 7');
    await type('env -i HOME="$HOME" bash -c ". ~/nvm.sh; node 8"', 'nvm:node 8');
  });

  it('falls back when its workspace is deleted', async () => {
    const { type, shown } = pane(shell);
    await type('node 1', 'a:node 1');
    rmSync(shells.shims.a, { recursive: true });
    writeFileSync(`${shells.root}/state/shims/index`, '');
    await type('node 2', 'nvm:node 2');
    await type('nvm; node "x$DUAL_SHIMS"', 'nvm:node x');
    expect(shown()).not.toMatch(/not found|__dual|no such|error/i);
  });
});

it("keeps somebody else's prompt in bash", async () => {
  shells.addTo('.bash_profile', `PROMPT_COMMAND=('seen=$?' 'PATH=$HOME/nvm/bin:$PATH' 'ours=$?')`);
  const { type } = pane('bash');
  await type('node 1; (exit 3)', 'a:node 1');
  await type('node $seen $ours ${#PROMPT_COMMAND[@]}', 'a:node 3 3 4');
  await type('true one two; node 2', 'a:node 2');
  await type('true one two', 'a:node 2');
  await type('(exit 5)', 'a:node 2');
  await type('node $?', 'a:node 5');
});

it("keeps somebody else's DEBUG trap in bash, and puts the shims in front at the next prompt", async () => {
  shells.addTo('.bash_profile', `trap 'trapped=yes' DEBUG`);
  const { type } = pane('bash');
  await type('nvm; node 1', 'nvm:node 1');
  await type('node $trapped', 'a:node yes');
});
