import type { GuestEndpoint } from '../drivers/container/driver.ts';
import { connectChannel, type HostChannel } from '../guest/mux/connect-channel.ts';
import type { MuxStream, StreamCause, StreamOwner } from '../guest/mux/stream.ts';
import type { Log } from '../log/log.ts';

/** The ways into the machines: one channel for each, on which streams to its ports are kept and used again. */
export interface Upstreams {
  /** The channel to that machine; at once when there is one. @throws GuestError Unreachable, NotAGuest */
  channel(endpoint: GuestEndpoint): Channel | Promise<Channel>;
  /** Closes all channels but those to these machines. */
  retain(endpoints: Iterable<GuestEndpoint>): void;
  /** Ends kept streams that nobody has used for a while. */
  sweep(now: number): void;
  close(): void;
}

/** Milliseconds; shorter than what servers wait for the next request (Node: 5 s), so that a kept stream is seldom one just closed. */
const IDLE_MS = 4_000;
/** Kept streams to one port. */
const MAX_IDLE = 64;

export class Channel {
  readonly #host: HostChannel;
  readonly #idle = new Map<number, Upstream[]>();

  constructor(host: HostChannel) {
    this.#host = host;
  }

  get isOpen(): boolean {
    return this.#host.mux.isOpen;
  }

  /** A stream to that port, with `reuse` one that has been used before if there is such a one. */
  take(port: number, reuse: boolean): Upstream {
    const kept = reuse ? this.#idle.get(port)?.pop() : undefined;
    return kept ?? new Upstream(this, port, this.#host.mux.connect(port));
  }

  /** To be called while data is passed on that is still needed afterwards. */
  keepMemory(): void {
    this.#host.keep();
  }

  /** Keeps a stream for the next request; not more of them than make sense. */
  store(upstream: Upstream): boolean {
    let idle = this.#idle.get(upstream.port);
    if (!idle) this.#idle.set(upstream.port, (idle = []));
    if (idle.length >= MAX_IDLE) return false;
    idle.push(upstream);
    return true;
  }

  forget(upstream: Upstream): void {
    const idle = this.#idle.get(upstream.port);
    const index = idle?.indexOf(upstream) ?? -1;
    if (index >= 0) idle!.splice(index, 1);
  }

  sweep(now: number): void {
    for (const idle of this.#idle.values()) {
      // The one used last is at the end.
      while (idle.length > 0 && now - idle[0]!.idleSince > IDLE_MS) idle.shift()!.discard();
    }
  }

  close(): void {
    this.#host.mux.close();
  }
}

/** A stream to a port of a machine, used by one exchange after the other. */
export class Upstream implements StreamOwner {
  readonly port: number;
  readonly stream: MuxStream;
  readonly #channel: Channel;
  /** Who uses it now. */
  user: StreamOwner | undefined;
  /** Whether it has been used before: then the service may have closed it just now. */
  isReused = false;
  /** Milliseconds since the epoch. */
  idleSince = 0;

  constructor(channel: Channel, port: number, stream: MuxStream) {
    this.#channel = channel;
    this.port = port;
    this.stream = stream;
    stream.owner = this;
  }

  /** To be called while data is passed on that is still needed afterwards. */
  keepMemory(): void {
    this.#channel.keepMemory();
  }

  /** Gives it back for the next exchange. Only when it is between two messages, in both directions. */
  release(now: number): void {
    this.user = undefined;
    this.isReused = true;
    this.idleSince = now;
    if (this.stream.isOver || !this.#channel.store(this)) this.discard();
  }

  /** Breaks it off. Its user is not told. */
  discard(): void {
    this.user = undefined;
    this.stream.reset();
  }

  onData(bytes: Buffer, start: number, end: number): void {
    if (this.user) this.user.onData(bytes, start, end);
    else this.#drop();
  }

  onEnd(): void {
    if (this.user) this.user.onEnd();
    else this.#drop();
  }

  onDrain(): void {
    this.user?.onDrain();
  }

  onClose(cause: StreamCause | undefined): void {
    if (this.user) this.user.onClose(cause);
    else this.#channel.forget(this);
  }

  /** The service says something, or goodbye, though nobody has asked. */
  #drop(): void {
    this.#channel.forget(this);
    this.discard();
  }
}

export function createUpstreams(log: Log): Upstreams {
  const channels = new Map<string, Channel | Promise<Channel>>();

  async function open(endpoint: GuestEndpoint): Promise<Channel> {
    const { socket } = endpoint;
    const forget = (): void => {
      if (channels.get(socket) === own) channels.delete(socket);
    };
    let own: Channel | Promise<Channel> | undefined = channels.get(socket);
    try {
      const host = await connectChannel(endpoint, (violation) => {
        if (violation) log.warn({ socket, error: violation.message }, 'a guest breaks the protocol');
        forget();
      });
      const channel = new Channel(host);
      if (channels.get(socket) !== own) channel.close();
      else if (channel.isOpen) channels.set(socket, (own = channel));
      return channel;
    } catch (error) {
      forget();
      throw error;
    }
  }

  function drop(socket: string): void {
    const known = channels.get(socket);
    channels.delete(socket);
    if (known instanceof Channel) known.close();
  }

  return {
    channel(endpoint) {
      const known = channels.get(endpoint.socket);
      if (known) return known;
      const opening = Promise.resolve().then(() => open(endpoint));
      channels.set(endpoint.socket, opening);
      return opening;
    },
    retain(endpoints) {
      const wanted = new Set([...endpoints].map(({ socket }) => socket));
      for (const socket of [...channels.keys()]) if (!wanted.has(socket)) drop(socket);
    },
    sweep(now) {
      for (const channel of channels.values()) if (channel instanceof Channel) channel.sweep(now);
    },
    close() {
      for (const socket of [...channels.keys()]) drop(socket);
    },
  };
}
