import { expect, it } from 'vitest';
import { heading, paneEnded } from '../../../../src/drivers/session/basic/attach/words.ts';

it.each([
  [0, 'dev has ended (exit code 0)'],
  [1, 'dev has ended (exit code 1)'],
  [128, 'dev has ended (exit code 128)'],
  [130, 'dev was ended by SIGINT'],
  [137, 'dev was ended by SIGKILL'],
  [192, 'dev has ended (exit code 192)'],
  [255, 'dev has ended (exit code 255)'],
])('tells how a pane has ended: %i', (code, text) => {
  expect(paneEnded('dev', code)).toContain(`[${text}]`);
});

it('names the panes above one, in one row', () => {
  const panes = { pane: 'crash', panes: ['dev', 'crash', 'shell'] };
  const wide = '[app-main  0:dev 1:crash* 2:shell · C-b d detaches, C-b ? keys]';
  expect(heading('app-main', panes, 80)).toContain(wide);
  expect(heading('app-main', panes, wide.length)).toContain(wide);
  expect(heading('app-main', panes, wide.length - 1)).toContain(
    '[app-main  1:crash* of 0-2 · C-b d detaches, C-b ? keys]',
  );
});
