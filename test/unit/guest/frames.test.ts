import { describe, expect, it } from 'vitest';
import { createFrameReader, encodeFrame, FrameError, MAX_DATA } from '../../../src/guest/frames.ts';
import type { Frame } from '../../../src/guest/frames.ts';

const EVERY: Frame['type'][] = ['request', 'result', 'data', 'end', 'closed', 'window', 'resize', 'signal'];

function bytesOf(frame: Frame): Buffer {
  return Buffer.concat(encodeFrame(frame));
}

function readAll(bytes: Buffer, step: number, accepts = EVERY): Frame[] {
  const frames: Frame[] = [];
  const read = createFrameReader(accepts, (frame) => frames.push(frame));
  for (let at = 0; at < bytes.length; at += step) read(bytes.subarray(at, at + step));
  return frames;
}

describe('frames', () => {
  const frames: Frame[] = [
    { type: 'request', json: Buffer.from('{"argv":["ä 🚀"]}') },
    { type: 'data', stream: 'stdin', data: Buffer.from([0, 255, 10, 13, 0]) },
    { type: 'data', stream: 'stdout', data: Buffer.alloc(MAX_DATA, 7) },
    { type: 'data', stream: 'stderr', data: Buffer.alloc(0) },
    { type: 'end', stream: 'stdin' },
    { type: 'closed', stream: 'stderr' },
    { type: 'window', stream: 'stdout', bytes: 4_294_967_295 },
    { type: 'resize', rows: 65_535, cols: 1 },
    { type: 'signal', signal: 'SIGWINCH' },
    { type: 'result', json: Buffer.from('{"code":0}') },
  ];

  it.each([1, 3, 4096, 1_000_000])('come back as they were sent, in pieces of %d bytes', (step) => {
    expect(readAll(Buffer.concat(frames.map(bytesOf)), step)).toEqual(frames);
  });

  it('of a type that is not expected are refused', () => {
    expect(() => readAll(bytesOf({ type: 'signal', signal: 'SIGINT' }), 100, ['data'])).toThrow(FrameError);
    expect(() => readAll(Buffer.from([99, 0, 0, 0, 0]), 100)).toThrow(FrameError);
  });

  it('out of bounds are refused by their length alone', () => {
    for (const type of [1, 2, 3, 4, 5, 6, 7, 8]) {
      expect(() => readAll(Buffer.from([type, 255, 255, 255, 255]), 100)).toThrow(/out of bounds/);
      expect(() => readAll(Buffer.from([type, 0, 0, 0, 0]), 100)).toThrow(/out of bounds/);
    }
  });

  it('of an unknown stream are refused', () => {
    expect(() => readAll(Buffer.from([4, 0, 0, 0, 1, 9]), 100)).toThrow(/unknown stream/);
  });

  it('too long to be sent are not sent', () => {
    expect(() => encodeFrame({ type: 'data', stream: 'stdout', data: Buffer.alloc(MAX_DATA + 1) })).toThrow(FrameError);
  });
});
