import http from 'node:http';
import type { GuestEndpoint } from '../drivers/container/driver.ts';
import { connectToSocket } from './connect.ts';

/** One connection to a guest, on which requests follow one another. Half-open, so that a tunnel carries either side's end by itself. */
export function dial(endpoint: GuestEndpoint): http.Agent {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  agent.createConnection = (_options, connected) => {
    try {
      return connectToSocket(endpoint.socket);
    } catch (error) {
      // Thrown, it would come out of the making of the request.
      (connected as ((error: Error) => void) | undefined)?.(error as Error);
      return undefined;
    }
  };
  return agent;
}

/** What every request to a guest has: short heads, since guests are hostile. */
export function requestTo(agent: http.Agent, options: http.RequestOptions): http.ClientRequest {
  return http.request({ agent, host: 'localhost', maxHeaderSize: 8192, ...options });
}
