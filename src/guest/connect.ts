import { closeSync, constants, fstatSync, lstatSync, openSync } from 'node:fs';
import net from 'node:net';
import { GuestError } from './errors.ts';

/** open(2) on Linux: a hold on whatever has that name, a link itself included. Node has no name for it. */
const O_PATH = 0o10000000;

/**
 * Connects to the socket of that name, half-open. The machine can put anything in its place: a link would make the host talk to another
 * machine, or to one of the host's own sockets.
 * @throws GuestError NotAGuest, for what is no socket; what open(2) fails with. What connect(2) fails with comes by the stream.
 */
export function connectToSocket(file: string, options: Pick<net.ConnectOpts, 'onread'> = {}): net.Socket {
  return process.platform === 'linux' ? connectHeld(file, options) : connectChecked(file, options);
}

/** What was looked at is what is connected to, also when the name has become another's since: the connection is made before the return. */
function connectHeld(file: string, options: Pick<net.ConnectOpts, 'onread'>): net.Socket {
  const held = openSync(file, O_PATH | constants.O_NOFOLLOW);
  try {
    refuseOthers(fstatSync(held));
    return connect(`/proc/self/fd/${held}`, options);
  } finally {
    closeSync(held);
  }
}

/** Where there is no such hold; machines are containers there, in a machine of their own, and nothing but the socket's name is theirs. */
function connectChecked(file: string, options: Pick<net.ConnectOpts, 'onread'>): net.Socket {
  refuseOthers(lstatSync(file));
  return connect(file, options);
}

function connect(path: string, options: Pick<net.ConnectOpts, 'onread'>): net.Socket {
  return net.connect({ path, allowHalfOpen: true, ...options });
}

function refuseOthers(stats: { isSocket(): boolean }): void {
  if (!stats.isSocket()) throw new GuestError('NotAGuest', "what has the name of the guest's socket is no socket");
}
