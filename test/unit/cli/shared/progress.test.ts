import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { startProgress } from '../../../../src/cli/shared/progress.ts';

function terminal(properties: { isTTY?: boolean; columns?: number }): PassThrough & typeof properties {
  return Object.assign(new PassThrough(), properties);
}

async function shown(stderr: PassThrough): Promise<string> {
  const progress = await startProgress({ stderr }, 'working');
  progress.update('working on it');
  progress.stop();
  return String(stderr.read() ?? '');
}

describe('startProgress', () => {
  it.each([
    ['no terminal', { isTTY: false, columns: 80 }],
    ['a terminal without a width', { isTTY: true, columns: 0 }],
  ])('shows nothing on %s', async (_, properties) => {
    expect(await shown(terminal(properties))).toBe('');
  });

  it('runs what prints in between', async () => {
    const progress = await startProgress({ stderr: terminal({}) }, 'working');
    let printed = false;
    progress.around(() => {
      printed = true;
    });
    expect(printed).toBe(true);
  });
});
