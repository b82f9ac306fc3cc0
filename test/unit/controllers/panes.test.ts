import { describe, expect, it } from 'vitest';
import { crashLooping, paneActions, paneSpec } from '../../../controllers/workspace/panes.ts';
import type { Pane } from '../../../src/api/types.ts';
import type { PaneState, Session } from '../../../src/drivers/session/driver.ts';

const host = {
  shell: '/bin/bash',
  interactiveShell: ['/bin/bash', '--rcfile', '/hooks'],
  paneRunner: ['node', 'dual.js', 'run', '--workspace'],
};
const context = { workspace: 'shop-main', target: 'm1', host };
const dev: Pane = { name: 'dev', command: 'pnpm dev', on: 'container', restart: 'OnFailure' };
const NOW = 1_000_000;
const never = (): number => 0;

function actions(panes: Pane[], states: Partial<PaneState>[], crashes = never): ReturnType<typeof paneActions> {
  const specs = panes.map((pane) => ({ pane, spec: paneSpec(pane, context) }));
  const session: Session = {
    name: 's',
    owner: { uid: 'u', workspace: 'shop-main', project: 'shop' },
    specHash: '',
    attached: 0,
    panes: states.map((state, index) => {
      const spec = specs[index]?.spec;
      return {
        name: spec?.name ?? 'x',
        running: true,
        target: spec?.target ?? '',
        specHash: spec?.specHash ?? '',
        restarts: 0,
        ...state,
      };
    }),
  };
  return paneActions(specs, session, { now: NOW, crashes });
}

describe('the command of a pane', () => {
  it('goes to the user’s shell on the host, as one argument', () => {
    const spec = paneSpec({ name: 'e', command: 'nvim "a b"', on: 'host', restart: 'Never' }, context);
    expect(spec.command).toEqual(['/bin/bash', '-c', 'nvim "a b"']);
    expect(spec.target).toBe('');
  });

  it('is a shell with the hooks when the pane has none', () => {
    const pane: Pane = { name: 's', on: 'host', restart: 'Never' };
    expect(paneSpec(pane, context).command).toEqual(['/bin/bash', '--rcfile', '/hooks']);
  });

  it('goes through the runner when it belongs inside', () => {
    expect(paneSpec(dev, context).command).toEqual([...host.paneRunner, 'shop-main', '--', 'bash', '-c', 'pnpm dev']);
  });
});

describe('what is done to panes', () => {
  it('is nothing when all is as it should be', () => {
    expect(actions([dev], [{}])).toEqual([]);
  });

  it('is a new shell where one was left, soon and however often that happens', () => {
    const shell: Pane = { name: 'shell', on: 'host', restart: 'Never' };
    const left = { running: false, exitCode: 0, endedAt: NOW - 400 };
    const [action, ...others] = actions([shell], [left], () => 20);
    expect(action).toMatchObject({ kind: 'restart', dueIn: 600, crashed: false });
    expect(others).toEqual([]);
    expect(actions([{ ...shell, command: 'exit 0' }], [left])).toEqual([]);
  });

  it('adds what is missing and removes what was taken from the spec', () => {
    expect(actions([dev], [])).toMatchObject([{ kind: 'add', pane: { name: 'dev' } }]);
    expect(actions([], [{ name: 'old' }])).toMatchObject([{ kind: 'remove', name: 'old' }]);
  });

  it('starts a pane again at once when its machine is another one, whatever its policy', () => {
    expect(actions([{ ...dev, restart: 'Never' }], [{ target: 'm0', running: false, exitCode: 255 }])).toMatchObject([
      { kind: 'restart', dueIn: 0, crashed: false },
    ]);
  });

  it('starts a pane again when its command was changed', () => {
    expect(actions([dev], [{ specHash: 'other' }])).toMatchObject([{ kind: 'restart', dueIn: 0, crashed: false }]);
  });

  it.each([
    ['Never', 1, false],
    ['OnFailure', 0, false],
    ['OnFailure', 1, true],
    ['OnFailure', 143, true],
    ['Always', 0, true],
  ] as const)('with policy %s and exit code %i: %s', (restart, exitCode, restarted) => {
    const result = actions([{ ...dev, restart }], [{ running: false, exitCode, endedAt: NOW - 60_000 }]);
    expect(result.length).toBe(restarted ? 1 : 0);
  });

  it('waits longer each time, and calls it a loop in the end', () => {
    const crashed = { running: false, exitCode: 1, endedAt: NOW };
    expect(actions([dev], [crashed])).toMatchObject([{ dueIn: 1_000 }]);
    const later = actions([dev], [crashed], () => 3);
    expect(later).toMatchObject([{ dueIn: 8_000 }]);
    expect(crashLooping(later, () => 3)).toEqual(['dev']);
    expect(crashLooping(later, () => 2)).toEqual([]);
  });
});
