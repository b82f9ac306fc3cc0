import { connect } from 'node:net';
import type { NetConnectOpts, Socket } from 'node:net';

const HOSTS = ['127.0.0.1', '::1'];

/** Connects to that port of the machine's localhost, half-open; undefined when neither family answers. */
export async function dialLoopback(
  port: number,
  options: Pick<NetConnectOpts, 'onread'> = {},
): Promise<Socket | undefined> {
  for (const host of HOSTS) {
    const socket = await dial({ ...options, host, port, allowHalfOpen: true, noDelay: true });
    if (socket) return socket;
  }
  return undefined;
}

function dial(options: NetConnectOpts): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(options);
    socket.once('connect', () => resolve(socket));
    // Whatever the error: the other family may still answer.
    socket.once('error', () => resolve(undefined));
  });
}
