import type { Socket } from 'node:net';
import type { MuxStream, StreamOwner } from '../mux/stream.ts';
import { dialLoopback } from './dial-loopback.ts';

/** One piece of memory for what all services send: it is copied at once. */
const memory = Buffer.allocUnsafeSlow(65_536);

/** Ties a stream to that port of the machine's localhost, end for end; `refuse` is called when nothing answers there. */
export function carryStream(stream: MuxStream, port: number, refuse: () => void): void {
  const carrier = new ServiceStream(stream);
  stream.owner = carrier;
  const onread = {
    buffer: memory,
    callback(bytes: number): boolean {
      return stream.write(memory, 0, bytes);
    },
  };
  void dialLoopback(port, { onread }).then((service) => {
    if (!service) refuse();
    else if (stream.isOver) service.destroy();
    else carrier.join(service);
  });
}

class ServiceStream implements StreamOwner {
  readonly #stream: MuxStream;
  #service: Socket | undefined;
  /** What came before the service answered. */
  #early: Buffer[] = [];
  #ended = false;
  /** Bytes that the service has not taken yet. */
  #pending = 0;

  constructor(stream: MuxStream) {
    this.#stream = stream;
  }

  join(service: Socket): void {
    this.#service = service;
    service.on('error', () => service.destroy());
    service.on('end', () => this.#stream.end());
    service.on('drain', () => {
      this.#stream.took(this.#pending);
      this.#pending = 0;
    });
    service.on('close', () => {
      // Unless both directions have come to their end by themselves.
      if (!this.#stream.isOver && !(service.readableEnded && service.writableFinished)) this.#stream.reset();
    });
    for (const bytes of this.#early) this.#pass(bytes);
    this.#early = [];
    if (this.#ended) service.end();
  }

  onData(bytes: Buffer, start: number, end: number): void {
    if (this.#service) this.#pass(bytes.subarray(start, end));
    else this.#early.push(Buffer.from(bytes.subarray(start, end)));
  }

  onEnd(): void {
    this.#ended = true;
    this.#service?.end();
  }

  onDrain(): void {
    this.#service?.resume();
  }

  onClose(cause: 'refused' | 'reset' | 'lost' | undefined): void {
    if (cause !== undefined) this.#service?.resetAndDestroy();
  }

  /** The memory is not used again on this side of a channel. */
  #pass(bytes: Buffer): void {
    if (this.#service!.write(bytes)) this.#stream.took(bytes.length);
    else this.#pending += bytes.length;
  }
}
