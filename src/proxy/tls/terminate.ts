import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Clock } from '../../clock/clock.ts';
import type { Log } from '../../log/log.ts';
import type { Identities } from './identities.ts';

export interface TerminateOptions {
  identities: Identities;
  clock: Clock;
  log: Log;
}

/** Milliseconds. Less than a browser's patience, more than any handshake over loopback takes. */
const HANDSHAKE_MS = 10_000;

/**
 * The server's side of TLS on an accepted connection of which `first` was read already. Node takes what a socket has put back before
 * it goes over to reading by itself, so that nothing stands between the two.
 *
 * From here on only the result is read, written, given a timeout and ended; `data` listeners of the socket are taken off. The two end
 * together, whichever is destroyed. Addresses and ports are those of the socket, and either of the two tells them. Neither `secureConnect`
 * nor `secureConnecting` are about a server's side: `secure` is emitted when the handshake is over, data may be written before.
 * A handshake that fails destroys both, with an `error` that need not be listened to.
 */
export function terminate(socket: Socket, first: Buffer, options: TerminateOptions): TLSSocket {
  const { identities, clock, log } = options;
  const isOver = socket.destroyed || socket.readableEnded;
  socket.pause();
  socket.removeAllListeners('data');
  socket.setTimeout(0);
  if (first.length > 0 && !isOver) socket.unshift(first);
  const secure = new TLSSocket(socket, {
    isServer: true,
    secureContext: identities.forAddress(socket.localAddress),
    ALPNProtocols: ['http/1.1'],
    SNICallback: (name, done) => {
      const context = identities.forName(name);
      if (context) done(null, context);
      else done(new Error(`no server of the name ${JSON.stringify(name)}`));
    },
  });
  endTogether(secure, { clock, log });
  if (isOver) secure.destroy();
  return secure;
}

function endTogether(secure: TLSSocket, { clock, log }: Pick<TerminateOptions, 'clock' | 'log'>): void {
  let isEstablished = false;
  const endWait = clock.after(HANDSHAKE_MS, () => secure.destroy());
  secure.once('secure', () => {
    isEstablished = true;
    endWait();
  });
  secure.once('close', endWait);
  // Half a connection is no use before there is a whole one. Nothing is read yet, so that an end is told at once.
  secure.once('end', () => {
    if (!isEstablished) secure.destroy();
  });
  // What goes wrong in TLS itself once the handshake is over, such as a record that was tampered with. It is told by this event alone where no
  // server of Node's own has made the socket.
  secure.on('_tlsError', () => secure.destroy());
  secure.on('error', (error: NodeJS.ErrnoException) => {
    log.debug({ code: error.code, reason: error.message }, 'a TLS connection has failed');
  });
}
