import { expect, it } from 'vitest';
import { attachCommand } from '../../../../src/cli/dual/session-driver.ts';
import type { Context } from '../../../../src/cli/shared/context.ts';
import { resolvePaths } from '../../../../src/config/paths.ts';

const context = { env: { PATH: '/bin' }, paths: resolvePaths({ DUAL_HOME: '/x' }) } as unknown as Context;

it('attaches by what holds the session', () => {
  const tmux = attachCommand(context, { backend: 'tmux', name: 'app' });
  expect([tmux.file, ...tmux.args]).toEqual(['tmux', '-u', '-S', '/x/state/tmux.sock', 'attach-session', '-t', '=app']);
  const basic = attachCommand(context, { backend: 'basic', name: 'app' });
  expect(basic.file).toBe(process.execPath);
  expect(basic.args[0]).toMatch(/\/dist\/sessions-attach\.js$/);
  expect(basic.args.slice(1)).toEqual(['--socket', '/x/state/sessions.sock', '--session', 'app']);
});

it('knows no other backends', () => {
  expect(() => attachCommand(context, { backend: 'zellij', name: 'app' })).toThrow('"zellij"');
  expect(() => attachCommand(context, { backend: undefined, name: 'app' })).toThrow('"none"');
});
