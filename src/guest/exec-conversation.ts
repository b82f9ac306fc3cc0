import type { Duplex, Readable, Writable } from 'node:stream';
import { openChannel } from './channel.ts';
import type { Channel } from './channel.ts';
import { checkExecResult, isSignal, isSize } from './check.ts';
import { GuestError } from './errors.ts';
import { createReceiver, createSender } from './flow.ts';
import type { Receiver, Sender } from './flow.ts';
import { FrameError } from './frames.ts';
import type { Frame, Stream } from './frames.ts';
import type { ExecRequest, ExecResult } from './protocol.ts';

/** What a command inside is connected to. The streams belong to the caller and are never ended. */
export interface ExecStreams {
  /** Without it the command's stdin is at its end from the start. Destroyed when the command closes its own. */
  stdin?: Readable;
  stdout: Writable;
  /** With a terminal nothing comes here. */
  stderr: Writable;
  /** Calls back with each new size of the caller's terminal; the result ends that. */
  onResize?: (listener: (size: { rows: number; cols: number }) => void) => () => void;
  /** Calls back with each signal that the command's process group is to get, as in `SIGINT`; the result ends that. */
  onSignal?: (listener: (signal: string) => void) => () => void;
  /** Ends the command by closing the connection. */
  signal?: AbortSignal;
}

/** The caller's side of a command's connection, until the command's end. @throws GuestError Lost, NotAGuest; the reason of `io.signal` */
export function converse(
  connection: { socket: Duplex; head: Buffer },
  request: ExecRequest,
  io: ExecStreams,
): Promise<ExecResult> {
  return new Promise((resolve, reject) => {
    let ended = false;
    const channel = openChannel(connection.socket, connection.head, {
      accepts: ['data', 'end', 'closed', 'window', 'result'],
      onFrame: (frame) => take(frame),
      onClosed: (violation) => ended || fail(lost(violation)),
    });
    channel.send({ type: 'request', json: Buffer.from(JSON.stringify(request)) });
    const input = io.stdin ? sendInput(io.stdin, channel) : endOfInput(channel);
    const outputs = { stdout: receive('stdout', io.stdout, channel), stderr: receive('stderr', io.stderr, channel) };
    const undo = [forwardSizes(io, channel), forwardSignals(io, channel), onAbort(io.signal, fail)];

    function take(frame: Frame): void {
      if (frame.type === 'result') end(checkExecResult(JSON.parse(frame.json.toString())));
      else if ('stream' in frame) takeOfStream(frame, { input, outputs, stdin: io.stdin });
    }
    function end(result: ExecResult): void {
      ended = true;
      const flushed = Promise.all([outputs.stdout.flushed(), outputs.stderr.flushed()]);
      void flushed.then(() => {
        letGo();
        resolve(result);
      });
    }
    function fail(error: unknown): void {
      letGo();
      reject(error as Error);
    }
    function letGo(): void {
      channel.destroy();
      for (const each of [input.stop, outputs.stdout.detach, outputs.stderr.detach, ...undo]) each();
    }
  });
}

interface Ends {
  input: Sender;
  outputs: { stdout: Receiver; stderr: Receiver };
  stdin: Readable | undefined;
}

function takeOfStream(frame: Frame & { stream: Stream }, ends: Ends): void {
  if (frame.type === 'data' && frame.stream !== 'stdin') ends.outputs[frame.stream].write(frame.data);
  else if (frame.type === 'window' && frame.stream === 'stdin') ends.input.grant(frame.bytes);
  // Whoever feeds this command learns of it as from a local one: by a broken pipe.
  else if (frame.type === 'closed' && frame.stream === 'stdin') ends.stdin?.destroy();
  else if (frame.type !== 'end' || frame.stream === 'stdin') {
    throw new FrameError(`unexpected ${frame.type} of ${frame.stream}`);
  }
}

function sendInput(source: Readable, channel: Channel): Sender {
  return createSender(source, {
    data: (data) => channel.send({ type: 'data', stream: 'stdin', data }),
    end: () => channel.send({ type: 'end', stream: 'stdin' }),
  });
}

function endOfInput(channel: Channel): Sender {
  channel.send({ type: 'end', stream: 'stdin' });
  return { grant: () => undefined, drained: () => Promise.resolve(), stop: () => undefined };
}

function receive(stream: Stream, target: Writable, channel: Channel): Receiver {
  return createReceiver(target, {
    taken: (bytes) => channel.send({ type: 'window', stream, bytes }),
    closed: () => channel.send({ type: 'closed', stream }),
  });
}

function forwardSizes(io: ExecStreams, channel: Channel): () => void {
  const stop = io.onResize?.(({ rows, cols }) => {
    if (isSize(rows) && isSize(cols)) channel.send({ type: 'resize', rows, cols });
  });
  return stop ?? (() => undefined);
}

function forwardSignals(io: ExecStreams, channel: Channel): () => void {
  const stop = io.onSignal?.((signal) => {
    if (isSignal(signal)) channel.send({ type: 'signal', signal });
  });
  return stop ?? (() => undefined);
}

function onAbort(signal: AbortSignal | undefined, callback: (reason: unknown) => void): () => void {
  const listener = (): void => callback(signal?.reason);
  signal?.addEventListener('abort', listener, { once: true });
  return () => signal?.removeEventListener('abort', listener);
}

function lost(violation?: Error): GuestError {
  if (!violation) return new GuestError('Lost', 'the machine went away while the command was running');
  return new GuestError('NotAGuest', `the guest breaks the protocol: ${violation.message}`, { cause: violation });
}
