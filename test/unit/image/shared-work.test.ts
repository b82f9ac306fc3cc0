import { describe, expect, it } from 'vitest';
import { createSharedWork } from '../../../src/image/shared-work.ts';

describe('shared work', () => {
  it('is done once for all who ask meanwhile, and again for who asks later', async () => {
    const shared = createSharedWork<number>();
    let runs = 0;
    const work = async (): Promise<number> => (runs += 1);
    expect(await Promise.all([shared('a', work), shared('a', work)])).toEqual([1, 1]);
    expect(await shared('a', work)).toBe(2);
  });

  it('goes on while somebody waits, and is stopped when nobody does', async () => {
    const shared = createSharedWork<never>();
    let stopped = false;
    const work = (signal: AbortSignal): Promise<never> =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          stopped = true;
          reject(signal.reason as Error);
        });
      });
    const [first, second] = [new AbortController(), new AbortController()];
    const waits = [shared('a', work, first.signal), shared('a', work, second.signal)].map((wait) =>
      wait.catch((error: unknown) => error),
    );
    first.abort(new Error('first'));
    expect(await waits[0]).toMatchObject({ message: 'first' });
    expect(stopped).toBe(false);
    second.abort(new Error('second'));
    expect(await waits[1]).toMatchObject({ message: 'second' });
    expect(stopped).toBe(true);
  });
});
