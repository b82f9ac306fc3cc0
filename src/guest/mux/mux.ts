import type { Duplex } from 'node:stream';
import { FrameReader } from './frame-reader.ts';
import { Outbox } from './outbox.ts';
import { MuxStream, type StreamCause } from './stream.ts';
import { ChannelError, FRAME } from './wire.ts';

export interface MuxOptions {
  /** The guest's side: a stream to that port is wanted. Not given on the host's side, where it breaks the protocol. */
  onOpen?(stream: MuxStream, port: number): void;
  /** Once, when the connection is gone, with the error when the other side did not keep to the protocol. All streams are over by then. */
  onClosed(violation?: Error): void;
}

/** One side of a channel (wire.ts): many streams over one connection. What arrives is to be given to receive(). */
export class Mux {
  readonly #socket: Duplex;
  readonly #options: MuxOptions;
  readonly #outbox: Outbox;
  readonly #reader: FrameReader;
  readonly #streams = new Map<number, MuxStream>();
  #lastId = 0;
  #open = true;

  constructor(socket: Duplex, options: MuxOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#outbox = new Outbox(socket);
    this.#reader = new FrameReader({
      onData: (stream, bytes, start, end) => this.#streams.get(stream)?.receive(bytes, start, end),
      onFrame: (type, stream, value) => this.#onFrame(type, stream, value),
    });
    socket.on('drain', () => {
      for (const stream of [...this.#streams.values()]) stream.resume();
    });
    // 'end' counts as well: neither side half-closes a channel.
    for (const event of ['end', 'close', 'error']) socket.on(event, () => this.close());
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** How many streams there are. */
  get size(): number {
    return this.#streams.size;
  }

  /** The host's side: a stream to that port of the machine's localhost. Data may be written at once. Lost when the channel is gone. */
  connect(port: number): MuxStream {
    do this.#lastId = (this.#lastId + 1) >>> 0;
    while (this.#streams.has(this.#lastId));
    const stream = this.#add(this.#lastId);
    if (!this.#open) queueMicrotask(() => stream.close('lost'));
    const payload = Buffer.of(port >>> 8, port & 0xff);
    this.#outbox.frame(FRAME.open, stream.id, { from: payload, start: 0, end: 2 });
    return stream;
  }

  /** The guest's side: nothing answers on the stream's port. */
  refuse(stream: MuxStream): void {
    if (stream.isOver) return;
    stream.owner = undefined;
    this.#outbox.frame(FRAME.refused, stream.id);
    stream.close('refused');
  }

  /** The first `end` bytes of what the connection brought; the memory is not kept. */
  receive(bytes: Buffer, end = bytes.length): void {
    if (!this.#open) return;
    try {
      this.#reader.read(bytes, end);
    } catch (error) {
      // Whatever it was, what follows could not be told apart any more.
      this.close(error as Error);
      if (!(error instanceof ChannelError)) throw error;
    }
  }

  /** Drops the connection and with it all streams. */
  close(violation?: Error): void {
    if (!this.#open) return;
    this.#open = false;
    this.#socket.destroy();
    for (const stream of [...this.#streams.values()]) stream.close('lost');
    this.#options.onClosed(violation);
  }

  #add(id: number): MuxStream {
    const stream = new MuxStream(id, this.#outbox, (one) => this.#streams.delete(one.id));
    this.#streams.set(id, stream);
    return stream;
  }

  /** Frames of streams that are over here may still be under way. */
  #onFrame(type: number, id: number, value: number): void {
    const stream = this.#streams.get(id);
    if (type === FRAME.open) this.#onOpen(id, value, stream);
    else if (type === FRAME.window) stream?.receiveWindow(value);
    else if (type === FRAME.end) stream?.receiveEnd();
    else stream?.close(causeOf(type));
  }

  #onOpen(id: number, port: number, existing: MuxStream | undefined): void {
    const { onOpen } = this.#options;
    if (!onOpen || existing) throw new ChannelError(`stream ${id} is not to be opened`);
    onOpen(this.#add(id), port);
  }
}

function causeOf(type: number): StreamCause {
  return type === FRAME.refused ? 'refused' : 'reset';
}
