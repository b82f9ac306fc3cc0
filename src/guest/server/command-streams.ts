import type { Readable } from 'node:stream';
import type { Channel } from '../channel.ts';
import { isSignal, isSize } from '../check.ts';
import { createReceiver, createSender } from '../flow.ts';
import type { Sender } from '../flow.ts';
import { FrameError } from '../frames.ts';
import type { Frame, Stream } from '../frames.ts';
import type { Command } from './command.ts';
import { signalGroup } from '../../exec/process-session.ts';

/** A running command's streams, tied to its connection. */
export interface CommandStreams {
  /** Acts on a frame of the caller's. @throws FrameError */
  take(frame: Frame): void;
  /** Resolves when all that the command wrote was sent. */
  drained(): Promise<void>;
  close(): void;
}

export function connectCommand(command: Command, channel: Channel): CommandStreams {
  const outputs = { stdout: command.stdout, stderr: command.stderr };
  const senders = {
    stdout: sendOutput('stdout', command.stdout, channel),
    stderr: command.stderr && sendOutput('stderr', command.stderr, channel),
  };
  const input = createReceiver(command.stdin, {
    taken: (bytes) => channel.send({ type: 'window', stream: 'stdin', bytes }),
    closed: () => channel.send({ type: 'closed', stream: 'stdin' }),
  });

  function takeOfInput(frame: Frame): void {
    if (frame.type === 'data') input.write(frame.data);
    else if (frame.type === 'end') input.end();
    else throw new FrameError(`unexpected ${frame.type} of stdin`);
  }
  function takeOfOutput(stream: 'stdout' | 'stderr', frame: Frame): void {
    if (frame.type === 'window') senders[stream]?.grant(frame.bytes);
    else if (frame.type === 'closed') drop(stream);
    else throw new FrameError(`unexpected ${frame.type} of ${stream}`);
  }
  // The command's next write then fails as on a broken pipe.
  function drop(stream: 'stdout' | 'stderr'): void {
    senders[stream]?.stop();
    outputs[stream]?.destroy();
  }
  function takeOfCommand(frame: Frame): void {
    if (frame.type === 'resize') resize(command, frame);
    else if (frame.type === 'signal') signal(command, frame.signal);
  }

  return {
    take(frame) {
      if (!('stream' in frame)) takeOfCommand(frame);
      else if (frame.stream === 'stdin') takeOfInput(frame);
      else takeOfOutput(frame.stream, frame);
    },
    async drained() {
      await Promise.all([senders.stdout.drained(), senders.stderr?.drained()]);
    },
    close() {
      drop('stdout');
      drop('stderr');
      command.stdin.destroy();
    },
  };
}

function sendOutput(stream: Stream, source: Readable, channel: Channel): Sender {
  return createSender(source, {
    data: (data) => channel.send({ type: 'data', stream, data }),
    end: () => channel.send({ type: 'end', stream }),
  });
}

function resize(command: Command, { rows, cols }: { rows: number; cols: number }): void {
  if (!isSize(rows) || !isSize(cols)) throw new FrameError('a terminal cannot have that size');
  command.resize(rows, cols);
}

function signal(command: Command, name: string): void {
  if (!isSignal(name)) throw new FrameError('unknown signal');
  if (command.pid !== undefined) signalGroup(command.pid, name);
}
