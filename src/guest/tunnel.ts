import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { GuestEndpoint } from '../drivers/container/driver.ts';
import { dial, requestTo } from './dial.ts';
import { GuestError, requestError } from './errors.ts';
import { GUEST_HEADER } from './protocol.ts';

/** Milliseconds for the guest to dial; loopback inside answers or refuses at once. */
const TIMEOUT = 10_000;

/**
 * Connects to that port of the machine's localhost. The stream is raw and half-open: ending it ends one direction only.
 * @throws GuestError Unreachable, NotAGuest, PortRefused
 */
export function openTunnel(endpoint: GuestEndpoint, port: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const agent = dial(endpoint);
    const target = `localhost:${port}`;
    const request = requestTo(agent, { method: 'CONNECT', path: target, headers: { host: target } });
    const fail = (error: GuestError): void => {
      agent.destroy();
      request.destroy();
      reject(error);
    };
    request.setTimeout(TIMEOUT, () => fail(new GuestError('Unreachable', 'the machine does not answer in time')));
    request.once('connect', (response, socket, head) => {
      const refusal = refusalOf(response, port);
      if (refusal) {
        socket.destroy();
        fail(refusal);
        return;
      }
      request.setTimeout(0);
      socket.setTimeout(0);
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    request.once('response', () => fail(new GuestError('NotAGuest', 'what answers there is not a guest')));
    request.once('error', (error) => fail(requestError(error)));
    request.end();
  });
}

function refusalOf(response: IncomingMessage, port: number): GuestError | undefined {
  if (response.headers[GUEST_HEADER] === undefined) {
    return new GuestError('NotAGuest', 'what answers there is not a guest');
  }
  if (response.statusCode === 200) return undefined;
  return new GuestError('PortRefused', `nothing answers on port ${port} in the machine`);
}
