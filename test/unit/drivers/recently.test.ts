import { expect, it } from 'vitest';
import { recently } from '../../../src/drivers/recently.ts';

it('asks once for those who ask at once and for a while after, and again when that is over', async () => {
  let count = 0;
  const ask = (): Promise<number> => Promise.resolve((count += 1));
  const long = recently(ask, 60_000);
  expect(await Promise.all([long(), long()])).toEqual([1, 1]);
  expect(await long()).toBe(1);
  const none = recently(ask, -1);
  expect([await none(), await none()]).toEqual([2, 3]);
});

it('keeps no failure', async () => {
  let fails = true;
  const answer = recently(() => (fails ? Promise.reject(new Error('not now')) : Promise.resolve('yes')), 60_000);
  await expect(answer()).rejects.toThrow('not now');
  fails = false;
  expect(await answer()).toBe('yes');
});
