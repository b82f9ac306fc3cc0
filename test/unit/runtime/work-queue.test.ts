import { describe, expect, it } from 'vitest';
import { WorkQueue } from '../../../src/runtime/work-queue.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

describe('the work queue', () => {
  it('holds a name once however often it is added', async () => {
    const queue = new WorkQueue(createFakeClock());
    queue.add('a');
    queue.add('a');
    queue.add('b');
    expect([await queue.take(), await queue.take()]).toEqual(['a', 'b']);
    expect(queue.length).toBe(0);
  });

  it('gives a name to one worker at a time, and again when it was added meanwhile', async () => {
    const queue = new WorkQueue(createFakeClock());
    queue.add('a');
    await queue.take();
    queue.add('a');
    expect(queue.length).toBe(0);
    queue.done('a');
    expect(await queue.take()).toBe('a');
  });

  it('adds a name later, and the earlier of two times counts', async () => {
    const clock = createFakeClock();
    const queue = new WorkQueue(clock);
    queue.addAfter('a', 1_000);
    queue.addAfter('a', 500);
    queue.addAfter('a', 2_000);
    clock.advance(499);
    expect(queue.length).toBe(0);
    clock.advance(1);
    expect(queue.length).toBe(1);
    queue.done((await queue.take())!);
    clock.advance(5_000);
    expect(queue.length).toBe(0);
  });

  it('forgets the later time once the name has come', () => {
    const clock = createFakeClock();
    const queue = new WorkQueue(clock);
    queue.addAfter('a', 1_000);
    queue.add('a');
    expect(queue.length).toBe(1);
    clock.advance(1_000);
    expect(queue.length).toBe(1);
  });

  it('lets go of whoever waits when it is closed', async () => {
    const queue = new WorkQueue(createFakeClock());
    const waiting = queue.take();
    queue.close();
    expect(await waiting).toBeUndefined();
    queue.add('late');
    expect(await queue.take()).toBeUndefined();
  });
});
