import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { makeHookedShells } from '../../support/hooked-shells.ts';
import type { HookedShells } from '../../support/hooked-shells.ts';
import { typeInto } from '../../support/typing.ts';
import type { Typing } from '../../support/typing.ts';

const RC = { bash: '.bashrc', zsh: '.zshrc', fish: '.config/fish/config.fish' } as const;

let shells: HookedShells;
const typing: Typing[] = [];
beforeEach(() => {
  shells = makeHookedShells();
});
afterEach(async () => {
  for (const one of typing.splice(0)) await one.end();
  shells.remove();
});

function terminal(
  shell: keyof typeof RC,
  { cwd = shells.root, env = {} }: { cwd?: string; env?: Record<string, string> } = {},
): Typing {
  shells.addTo(RC[shell], shells.hookText(shell));
  const started = typeInto(shells, [shell, '-i'], { cwd, env: { ...shells.plainEnv, ...env } });
  typing.push(started);
  return started;
}

describe.each(['bash', 'zsh', 'fish'] as const)('a %s of the user that is hooked', (shell) => {
  it("takes a workspace's shims in its worktree only, and undoes all of it", async () => {
    const own = { BASH_ENV: '/own/env', XDG_DATA_DIRS: '/own/data:/usr/share', ENV: '/own/sh' };
    const { type, shown } = terminal(shell, { env: own });
    const environment = async (name: string, called: string): Promise<string[]> => {
      await type(`env > ~/${name}; node ${name}`, called);
      return eventually(() => {
        const lines = readFileSync(`${shells.home}/${name}`, 'utf8').split('\n');
        return lines.filter((line) => !/^(_|PWD|OLDPWD|SHLVL)=/.test(line)).sort();
      });
    };
    const before = await environment('before', 'nvm:node before');
    await type('cd "clone a/sub"; node 1', 'a:node 1');
    await type('node "$DUAL_WORKSPACE"', 'a:node a');
    await type('nvm; node 2', 'a:node 2');
    await type('bash -c ". ~/nvm.sh; node 3"', 'a:node 3');
    await type('zsh -c ". ~/nvm.sh; node 4"', 'a:node 4');
    await type('fish -c "nvm; node 5"', 'a:node 5');
    await type('kill 12', 'a:kill 12');
    await type('cd "../../clone b"; node 6', 'b:node 6');
    await type('cd ..; node 7', 'nvm:node 7');
    const after = await environment('after', 'nvm:node after');
    expect(withoutRepeats(after)).toEqual(withoutRepeats(before));
    expect(shown()).not.toMatch(/not found|__dual|no such|error/i);
  });

  it('finds workspaces that come and go while it stands there', async () => {
    rmSync(`${shells.root}/state/shims/index`);
    const { type } = terminal(shell, { cwd: shells.worktrees.a });
    await type('node 1', 'nvm:node 1');
    writeFileSync(`${shells.root}/state/shims/index`, `${shells.worktrees.a}\t${shells.shims.a}\n`);
    await type('cd .', 'nvm:node 1');
    await type('cd .; node 2', 'a:node 2');
    rmSync(shells.shims.a, { recursive: true });
    await type('cd .', 'a:node 2');
    await type('cd .; node 3', 'nvm:node 3');
  });

  it('may be hooked in a pane too', async () => {
    shells.addTo(RC[shell], shells.hookText(shell));
    const argv = shell === 'bash' ? ['bash', '-i'] : [shell, '-i'];
    const started = typeInto(shells, argv);
    typing.push(started);
    await started.type('nvm; node 1', 'a:node 1');
    await started.type('cd "../clone b"; node 2', 'b:node 2');
    await started.type('cd /; node 3', 'a:node 3');
  });

  it('is off with DUAL_BYPASS', async () => {
    const { type } = terminal(shell, { cwd: shells.worktrees.a, env: { DUAL_BYPASS: '1' } });
    await type('node 1', 'nvm:node 1');
    await type('node "x$DUAL_SHIMS"', 'nvm:node x');
  });
});

/** The manager puts its directory in front as often as it is called. */
function withoutRepeats(environment: string[]): string[] {
  return environment.map((line) =>
    line.startsWith('PATH=') ? [...new Set(line.slice('PATH='.length).split(':'))].join(':') : line,
  );
}
