import { describe, expect, it } from 'vitest';
import { StalledError } from '../../../src/errors/reconcile-errors.ts';
import { findInIndex, renderIndex } from '../../../src/shims/index-file.ts';
import { renderWorkspaceFile, valueIn } from '../../../src/shims/workspace-file.ts';
import type { WorkspaceFile } from '../../../src/shims/workspace-file.ts';

const CONTENT: WorkspaceFile = {
  name: 'shop-main',
  worktree: '/ws/my shop/main',
  socket: '/state/r/0123abcd/c',
  arch: 'x64',
  visible: ['/tmp', '/data sets'],
  container: ['terraform'],
  host: [],
  table: ['node', 'npm'],
  local: ['psql'],
  stay: ['git'],
  agents: ['@x/agent'],
  env: ['GREETING'],
  log: '/state/daemon.log',
  dual: ['/usr/bin/node', '/opt/my dual/dual.js'],
  index: '/state/shims/index',
  shim: '/opt/my dual/shims/shim.pl',
  machine: 'abc@now',
};

describe('the file that says whose shims a directory holds', () => {
  it('has a line for each value', () => {
    const text = renderWorkspaceFile(CONTENT);
    expect(valueIn(text, 'worktree')).toBe('/ws/my shop/main');
    expect(valueIn(text, 'visible')).toBe('/tmp:/data sets');
    expect(valueIn(text, 'table')).toBe('node npm');
    expect(valueIn(text, 'dual')).toBe('/usr/bin/node\t/opt/my dual/dual.js');
    expect(valueIn(text, 'host')).toBe('');
    expect(text.split('\n')).toHaveLength(Object.keys(CONTENT).length + 1);
  });

  it.each([
    ['worktree', { worktree: '/ws/a\nsocket /elsewhere' }],
    ['visible', { visible: ['/a:/b'] }],
    ['container', { container: ['a b'] }],
    ['dual', { dual: ['a\tb'] }],
  ])('refuses a value that would be read as another one: %s', (_key, change) => {
    expect(() => renderWorkspaceFile({ ...CONTENT, ...change })).toThrow(StalledError);
  });
});

describe('the index of worktrees', () => {
  const text = renderIndex([
    { worktree: '/ws/a', dir: '/s/1' },
    { worktree: '/ws/a/inner', dir: '/s/2' },
    { worktree: '/ws/b\tc', dir: '/s/3' },
  ]);

  it('leaves out what does not fit into a line', () => {
    expect(text).toBe('/ws/a\t/s/1\n/ws/a/inner\t/s/2\n');
  });

  it('finds the innermost worktree of a directory', () => {
    expect(findInIndex(text, '/ws/a')?.dir).toBe('/s/1');
    expect(findInIndex(text, '/ws/a/src')?.dir).toBe('/s/1');
    expect(findInIndex(text, '/ws/a/inner/src')?.dir).toBe('/s/2');
    expect(findInIndex(text, '/ws/ab')).toBeUndefined();
    expect(findInIndex('', '/ws/a')).toBeUndefined();
  });
});
