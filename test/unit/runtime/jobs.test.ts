import { describe, expect, it } from 'vitest';
import { Jobs } from '../../../src/runtime/jobs.ts';
import { eventually } from '../../support/eventually.ts';

function gate(): { promise: Promise<void>; open: () => void; fail: (error: Error) => void } {
  let open = (): void => {};
  let fail = (_error: Error): void => {};
  const promise = new Promise<void>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { promise, open, fail };
}

describe('jobs', () => {
  it('does work once however many ask, and wakes all of them at the end', async () => {
    const jobs = new Jobs();
    const { promise, open } = gate();
    let runs = 0;
    const woken: string[] = [];
    for (const waiter of ['a', 'b', 'c']) {
      jobs.ensure(
        'image',
        waiter,
        () => woken.push(waiter),
        async () => {
          runs += 1;
          await promise;
        },
      );
    }
    expect(jobs.state('image').phase).toBe('running');
    open();
    await eventually(() => expect(woken.sort()).toEqual(['a', 'b', 'c']));
    expect(runs).toBe(1);
    expect(jobs.state('image')).toEqual({ phase: 'none' });
  });

  it('keeps a failure until somebody takes it, and can be started anew', async () => {
    const jobs = new Jobs();
    jobs.ensure(
      'clone',
      'a',
      () => {},
      () => Promise.reject(new Error('no route')),
    );
    await eventually(() =>
      expect(jobs.state('clone')).toMatchObject({ phase: 'failed', error: { message: 'no route' } }),
    );
    jobs.clear('clone');
    expect(jobs.state('clone').phase).toBe('none');
  });

  it('runs so many at a time and no more', async () => {
    const jobs = new Jobs(2);
    const gates = [gate(), gate(), gate()];
    const started: number[] = [];
    gates.forEach(({ promise }, index) => {
      jobs.ensure(
        `${index}`,
        'w',
        () => {},
        async () => {
          started.push(index);
          await promise;
        },
      );
    });
    await eventually(() => expect(started).toEqual([0, 1]));
    gates[0]!.open();
    await eventually(() => expect(started).toEqual([0, 1, 2]));
    for (const { open } of gates) open();
    await jobs.close();
  });

  it('stops work that nobody waits for any more, and only then', async () => {
    const jobs = new Jobs();
    let aborted = false;
    const work = ({ signal }: { signal: AbortSignal }): Promise<void> =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          aborted = true;
          reject(new Error('aborted'));
        });
      });
    jobs.ensure('image', 'a', () => {}, work);
    jobs.ensure('image', 'b', () => {}, work);
    await jobs.leave('image', 'a');
    expect(aborted).toBe(false);
    await jobs.leave('image', 'b');
    expect(aborted).toBe(true);
    expect(jobs.state('image').phase).toBe('none');
  });

  it('lets go of one that still waits for its turn', async () => {
    const jobs = new Jobs(1);
    const { promise, open } = gate();
    jobs.ensure(
      'first',
      'a',
      () => {},
      () => promise,
    );
    let ran = false;
    jobs.ensure(
      'second',
      'b',
      () => {},
      () => {
        ran = true;
        return Promise.resolve();
      },
    );
    await jobs.leave('second', 'b');
    open();
    await jobs.close();
    expect(ran).toBe(false);
  });
});
