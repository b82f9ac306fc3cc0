import type { Duplex } from 'node:stream';
import { openChannel } from '../channel.ts';
import type { Channel } from '../channel.ts';
import { checkExecRequest } from '../check.ts';
import { FrameError } from '../frames.ts';
import type { Frame } from '../frames.ts';
import type { ExecRequest, ExecResult } from '../protocol.ts';
import { connectCommand } from './command-streams.ts';
import type { Command } from './command.ts';
import type { Commands } from './commands.ts';

/** A request that is being served. */
interface Run {
  /** Acts on a frame of the caller's. @throws FrameError */
  take(frame: Frame): void;
  /** The caller is gone. */
  abandon(): void;
}

const OVER: Run = { take: () => undefined, abandon: () => undefined };

/**
 * The guest's side of a command's connection. When the connection closes, the command and its session are ended; when the command ends by
 * itself, what it left in the background stays, as it would anywhere else.
 */
export function serveExec(socket: Duplex, head: Buffer, commands: Commands): void {
  let run: Promise<Run> | undefined;
  const channel = openChannel(socket, head, {
    accepts: ['request', 'data', 'end', 'closed', 'window', 'resize', 'signal'],
    onFrame(frame) {
      if ((frame.type === 'request') !== (run === undefined)) throw new FrameError('one request, and that first');
      if (frame.type === 'request') run = start(checkExecRequest(JSON.parse(frame.json.toString())), channel, commands);
      else run?.then((current) => current.take(frame)).catch((error: Error) => channel.fail(error));
    },
    onClosed: () => void run?.then((current) => current.abandon()),
  });
}

async function start(request: ExecRequest, channel: Channel, commands: Commands): Promise<Run> {
  const command = await commands.start(request);
  if (!('failed' in command)) return follow(command, channel, commands);
  answer(channel, command);
  return OVER;
}

function follow(command: Command, channel: Channel, commands: Commands): Run {
  const streams = connectCommand(command, channel);
  let ended = false;
  void command.ended.then(async (result) => {
    ended = true;
    await streams.drained();
    answer(channel, result);
    streams.close();
  });
  return {
    take: streams.take,
    abandon() {
      streams.close();
      if (!ended) commands.kill(command);
    },
  };
}

function answer(channel: Channel, result: ExecResult): void {
  channel.send({ type: 'result', json: Buffer.from(JSON.stringify(result)) });
  channel.end();
}
