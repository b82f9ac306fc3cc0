import type { GuestEndpoint } from '../../drivers/container/driver.ts';
import { connectToSocket } from '../connect.ts';
import { GuestError, requestError } from '../errors.ts';
import { handshake } from '../handshake.ts';
import { GUEST_HEADER } from '../protocol.ts';
import { Mux } from './mux.ts';
import { MUX_UPGRADE } from './wire.ts';

/** Bytes that are read at a time, from all streams together. */
const READ = 262_144;
/** Milliseconds for the guest to switch. */
const TIMEOUT = 5_000;
const MAX_HEAD = 4096;

/** The host's side of a channel. */
export interface HostChannel {
  mux: Mux;
  /** To be called while data is passed on that is still needed afterwards: other memory is taken for what comes next. */
  keep(): void;
}

/**
 * Opens a channel to a guest: a handshake first, then a connection that is upgraded. `onClosed` is called once when it is gone.
 * @throws GuestError Unreachable, NotAGuest
 */
export async function connectChannel(
  endpoint: GuestEndpoint,
  onClosed: (violation?: Error) => void,
): Promise<HostChannel> {
  await handshake(endpoint);
  return await upgrade(endpoint, onClosed);
}

function upgrade(endpoint: GuestEndpoint, onClosed: (violation?: Error) => void): Promise<HostChannel> {
  return new Promise((resolve, reject) => {
    let memory = Buffer.allocUnsafeSlow(READ);
    let head = '';
    let mux: Mux | undefined;
    const socket = connectToSocket(endpoint.socket, {
      // Read by hand and into the same memory again, which costs half of what streams cost.
      onread: {
        buffer: () => memory,
        callback(bytes, buffer) {
          if (mux) mux.receive(buffer as Buffer, bytes);
          else takeHead((buffer as Buffer).subarray(0, bytes));
          return true;
        },
      },
    });
    const deadline = setTimeout(
      () => fail(new GuestError('Unreachable', 'the machine does not answer in time')),
      TIMEOUT,
    );
    const onError = (error: NodeJS.ErrnoException): void => fail(requestError(error));
    const onEnd = (): void => fail(new GuestError('Unreachable', 'the machine closed the connection'));
    socket.on('error', onError).on('close', onEnd).on('end', onEnd);
    socket.write(`GET /v1/mux HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: ${MUX_UPGRADE}\r\n\r\n`);

    function fail(error: GuestError): void {
      if (mux) return;
      clearTimeout(deadline);
      socket.destroy();
      reject(error);
    }
    function takeHead(bytes: Buffer): void {
      head += bytes.toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      if (end < 0 && head.length <= MAX_HEAD) return;
      if (end < 0 || !isSwitched(head.slice(0, end))) {
        fail(
          new GuestError(
            'NotAGuest',
            'the guest is of another version of Dual: stop and start the workspace to renew it',
          ),
        );
        return;
      }
      clearTimeout(deadline);
      socket.off('error', onError).off('close', onEnd).off('end', onEnd);
      mux = new Mux(socket, { onClosed });
      resolve({ mux, keep: () => void (memory = Buffer.allocUnsafeSlow(READ)) });
      const rest = head.slice(end + 4);
      if (rest !== '') mux.receive(Buffer.from(rest, 'latin1'));
    }
  });
}

function isSwitched(head: string): boolean {
  const [start = '', ...lines] = head.toLowerCase().split('\r\n');
  const names = lines.map((line) => line.split(':', 1)[0]);
  return start.startsWith('http/1.1 101 ') && names.includes(GUEST_HEADER) && lines.includes(`upgrade: ${MUX_UPGRADE}`);
}
