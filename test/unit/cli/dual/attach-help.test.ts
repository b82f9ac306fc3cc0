import { Command } from 'commander';
import { expect, it } from 'vitest';
import { configureAttach } from '../../../../src/cli/dual/commands/attach.ts';
import type { Context } from '../../../../src/cli/shared/context.ts';

it('says how to get out of a session before one is in it', () => {
  let help = '';
  const command = new Command('attach').configureOutput({ writeOut: (text) => (help += text) });
  configureAttach(command, {} as Context, () => () => Promise.resolve());
  command.outputHelp();
  expect(help).toContain('Detach with C-b d (C-b ? shows all keys).');
});
