import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createReceiver, createSender, WINDOW } from '../../../src/guest/flow.ts';
import { MAX_DATA } from '../../../src/guest/frames.ts';
import { eventually } from '../../support/eventually.ts';

function senderOf(source: PassThrough): {
  sent: Buffer[];
  ends: () => number;
  sender: ReturnType<typeof createSender>;
} {
  const sent: Buffer[] = [];
  let ends = 0;
  const sender = createSender(source, { data: (piece) => sent.push(piece), end: () => (ends += 1) });
  return { sent, ends: () => ends, sender };
}

const total = (pieces: Buffer[]): number => pieces.reduce((sum, piece) => sum + piece.length, 0);

describe('a sender', () => {
  it('goes no further than the window, however large the pieces', async () => {
    const source = new PassThrough();
    const { sent, ends, sender } = senderOf(source);
    const content = Buffer.alloc(WINDOW * 3, 'x');
    source.end(content);
    await eventually(() => expect(total(sent)).toBe(WINDOW));
    expect(Math.max(...sent.map((piece) => piece.length))).toBeLessThanOrEqual(MAX_DATA);
    sender.grant(WINDOW);
    await eventually(() => expect(total(sent)).toBe(WINDOW * 2));
    expect(ends()).toBe(0);
    sender.grant(WINDOW);
    await eventually(() => expect(ends()).toBe(1));
    expect(Buffer.concat(sent).equals(content)).toBe(true);
  });

  it('cannot be granted more than a window', async () => {
    const source = new PassThrough();
    const { sent, sender } = senderOf(source);
    sender.grant(4_294_967_295);
    source.end(Buffer.alloc(WINDOW * 2));
    await eventually(() => expect(total(sent)).toBe(WINDOW));
  });

  it('ends once, also after an error', async () => {
    const source = new PassThrough();
    const { ends, sender } = senderOf(source);
    source.destroy(new Error('gone'));
    await sender.drained();
    expect(ends()).toBe(1);
  });

  it('is drained when nothing comes any more, though the source is held open', async () => {
    const source = new PassThrough();
    const { sent, ends, sender } = senderOf(source);
    source.write('last words');
    await sender.drained();
    expect(Buffer.concat(sent).toString()).toBe('last words');
    expect(ends()).toBe(0);
  });

  it('is not drained while the other side holds it up', async () => {
    const source = new PassThrough();
    const { sent, sender } = senderOf(source);
    source.end(Buffer.alloc(WINDOW + 1));
    await eventually(() => expect(total(sent)).toBe(WINDOW));
    let drained = false;
    const done = sender.drained().then(() => (drained = true));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(drained).toBe(false);
    sender.grant(WINDOW);
    await done;
    expect(total(sent)).toBe(WINDOW + 1);
  });
});

describe('a receiver', () => {
  it('reports what was taken, so that the sender can go on', async () => {
    let taken = 0;
    const target = new PassThrough().resume();
    const receiver = createReceiver(target, { taken: (bytes) => (taken += bytes), closed: () => undefined });
    for (let index = 0; index < 4; index += 1) receiver.write(Buffer.alloc(MAX_DATA));
    await receiver.flushed();
    expect(taken).toBe(WINDOW);
  });

  it('refuses more than the window', () => {
    const stuck = new Writable({ write: () => undefined });
    const receiver = createReceiver(stuck, { taken: () => undefined, closed: () => undefined });
    receiver.write(Buffer.alloc(WINDOW));
    expect(() => receiver.write(Buffer.alloc(1))).toThrow(/more was sent/);
  });

  it('tells once when its target is gone, and then takes and drops', async () => {
    let closed = 0;
    const target = new PassThrough();
    const receiver = createReceiver(target, { taken: () => undefined, closed: () => (closed += 1) });
    target.destroy();
    await eventually(() => expect(closed).toBe(1));
    for (let index = 0; index < 10; index += 1) receiver.write(Buffer.alloc(WINDOW));
    await receiver.flushed();
    expect(closed).toBe(1);
  });
});
