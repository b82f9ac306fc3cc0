import type { Readable, Writable } from 'node:stream';
import { FrameError, MAX_DATA } from './frames.ts';

/** Bytes of a stream that may be under way without having been taken at the other end. */
export const WINDOW = 262_144;
/** Once this much was taken, the sender hears of it. */
const REPORT = WINDOW / 4;

/** Milliseconds without data after which a stream is taken for drained, though somebody still holds its other end open. */
const DRAIN_IDLE = 50;
/** Bytes after which draining ends all the same: more than a pipe holds, so the rest was written later. */
const DRAIN_MAX = 1_048_576;

export interface Sender {
  /** The other side has taken that many bytes. */
  grant(bytes: number): void;
  /** Resolves once what the source holds was sent: at its end, or when it has gone quiet. */
  drained(): Promise<void>;
  /** Reads no more. */
  stop(): void;
}

/** Sends what a source gives, in pieces, no further ahead than the window allows. `end` comes once, also after an error. */
export function createSender(source: Readable, send: { data: (piece: Buffer) => void; end: () => void }): Sender {
  let room = WINDOW;
  let backlog: Buffer = Buffer.alloc(0);
  let sourceEnded = false;
  let ended = false;
  const progress: Progress = { moves: 0, bytes: 0 };
  const onEnd: (() => void)[] = [];

  function flush(): void {
    while (backlog.length > 0 && room > 0) {
      const piece = backlog.subarray(0, Math.min(MAX_DATA, room));
      backlog = backlog.subarray(piece.length);
      room -= piece.length;
      send.data(piece);
    }
    if (backlog.length > 0) source.pause();
    else if (sourceEnded) finish();
    else source.resume();
  }
  function finish(): void {
    if (ended) return;
    ended = true;
    send.end();
    for (const callback of onEnd) callback();
  }
  function take(chunk: Buffer | string): void {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    progress.moves += 1;
    progress.bytes += bytes.length;
    backlog = backlog.length > 0 ? Buffer.concat([backlog, bytes]) : bytes;
    flush();
  }
  function over(): void {
    sourceEnded = true;
    if (backlog.length === 0) finish();
  }

  source.on('data', take);
  for (const event of ['end', 'close', 'error']) source.on(event, over);
  return {
    grant(bytes) {
      room = Math.min(WINDOW, room + bytes);
      progress.moves += 1;
      if (!ended) flush();
    },
    drained: () =>
      new Promise((resolve) => {
        if (ended) resolve();
        else onEnd.push(whenQuiet(progress, () => backlog.length > 0, resolve));
      }),
    stop() {
      ended = true;
      for (const callback of onEnd) callback();
      backlog = Buffer.alloc(0);
      source.off('data', take).off('end', over).off('close', over).off('error', over).pause();
    },
  };
}

interface Progress {
  /** Rises with everything that comes or that makes room. */
  moves: number;
  /** Bytes that have come. */
  bytes: number;
}

/** Calls back once, when nothing has come for a while although it could have. The result does so at once. */
function whenQuiet(progress: Progress, isHeldUp: () => boolean, callback: () => void): () => void {
  const limit = progress.bytes + DRAIN_MAX;
  let moves = progress.moves;
  let timer = setTimeout(look, DRAIN_IDLE);
  // After one more turn of the event loop: a busy process may have had no time to read.
  function look(): void {
    timer = setTimeout(() => setImmediate(decide), 0);
  }
  function decide(): void {
    const isQuiet = moves === progress.moves && !isHeldUp();
    moves = progress.moves;
    if (isQuiet || progress.bytes > limit) callback();
    else timer = setTimeout(look, DRAIN_IDLE);
  }
  return () => {
    clearTimeout(timer);
    callback();
  };
}

export interface Receiver {
  /** @throws FrameError when more comes than the window allows */
  write(data: Buffer): void;
  end(): void;
  /** Resolves when everything was passed on, or cannot be. */
  flushed(): Promise<void>;
  /** Lets go of the target. */
  detach(): void;
}

/** Writes what arrives to a target and reports how much it has taken. `closed` is called once when the target takes no more. */
export function createReceiver(
  target: Writable,
  report: { taken: (bytes: number) => void; closed: () => void },
): Receiver {
  let underWay = 0;
  let taken = 0;
  let broken = false;
  const waiting: (() => void)[] = [];

  function settle(): void {
    if (underWay > 0 && !broken) return;
    for (const callback of waiting.splice(0)) callback();
  }
  function fail(): void {
    if (broken) return;
    broken = true;
    report.closed();
    settle();
  }
  function passedOn(bytes: number): void {
    underWay -= bytes;
    taken += bytes;
    if (taken >= REPORT) {
      report.taken(taken);
      taken = 0;
    }
    settle();
  }

  target.on('error', fail).on('close', fail);
  return {
    write(data) {
      if (broken) return;
      underWay += data.length;
      if (underWay + taken > WINDOW) throw new FrameError('more was sent than asked for');
      target.write(data, (error) => (error ? fail() : passedOn(data.length)));
    },
    end() {
      if (!broken && !target.writableEnded) target.end();
    },
    flushed: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        settle();
      }),
    detach() {
      broken = true;
      target.off('error', fail).off('close', fail);
    },
  };
}
