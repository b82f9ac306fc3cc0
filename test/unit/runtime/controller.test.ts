import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock/clock.ts';
import { StalledError, WaitingError } from '../../../src/errors/reconcile-errors.ts';
import { silentLog } from '../../../src/log/log.ts';
import { Backoff } from '../../../src/runtime/backoff.ts';
import { Controller } from '../../../src/runtime/controller.ts';
import { eventually } from '../../support/eventually.ts';

function controller(reconcile: (name: string) => Promise<{ requeueAfter?: number }>, resync = 3_600_000): Controller {
  return new Controller({ kind: 'Thing', reconcile }, { workers: 4, resync, clock: systemClock, log: silentLog });
}

describe('a controller', () => {
  it('works on many names at once and on one name once at a time', async () => {
    let together = 0;
    let most = 0;
    const active = new Set<string>();
    const clashes: string[] = [];
    const counts = new Map<string, number>();
    const under = controller(async (name) => {
      if (active.has(name)) clashes.push(name);
      active.add(name);
      together += 1;
      most = Math.max(most, together);
      await new Promise((resolve) => setImmediate(resolve));
      counts.set(name, (counts.get(name) ?? 0) + 1);
      together -= 1;
      active.delete(name);
      return {};
    });
    under.start();
    for (let round = 0; round < 20; round += 1) {
      for (const name of ['a', 'b', 'c']) under.enqueue(name);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await eventually(() => expect(active.size).toBe(0));
    await under.stop();
    expect(clashes).toEqual([]);
    expect(most).toBeGreaterThan(1);
    expect([...counts.keys()].sort()).toEqual(['a', 'b', 'c']);
  });

  it('tries again after a failure, looks again after a wait, and leaves what is stalled alone', async () => {
    const calls: Record<string, number> = {};
    const under = controller((name) => {
      calls[name] = (calls[name] ?? 0) + 1;
      if (name === 'stalled') return Promise.reject(new StalledError('Bad', 'mend it'));
      if (calls[name] === 3) return Promise.resolve({});
      return Promise.reject(name === 'waits' ? new WaitingError('Soon', 'soon', 5) : new Error('boom'));
    });
    under.start();
    for (const name of ['stalled', 'waits', 'fails']) under.enqueue(name);
    await eventually(() => expect(calls).toEqual({ stalled: 1, waits: 3, fails: 3 }));
    await under.stop();
    const results = { success: 2, waiting: 2, stalled: 1, error: 2 };
    expect(under.stats()).toMatchObject({ kind: 'Thing', results, queued: 0 });
  });

  it('looks again now and then although nothing happens', async () => {
    let calls = 0;
    const under = controller(() => {
      calls += 1;
      return Promise.resolve({});
    }, 10);
    under.start();
    under.enqueue('a');
    await eventually(() => expect(calls).toBeGreaterThan(3));
    await under.stop();
  });
});

describe('back-off', () => {
  it('doubles up to its limit, with jitter, and starts over when told to', () => {
    const backoff = new Backoff({ base: 100, max: 1_000, random: () => 1 });
    expect([1, 2, 3, 4, 5, 6].map(() => backoff.next('a'))).toEqual([100, 200, 400, 800, 1_000, 1_000]);
    backoff.forget('a');
    expect(backoff.next('a')).toBe(100);
    const low = new Backoff({ base: 100, max: 1_000, random: () => 0 });
    expect(low.next('a')).toBe(50);
  });
});
