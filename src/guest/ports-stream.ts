import type { Agent } from 'node:http';
import { checkPorts } from './check.ts';
import { requestTo } from './dial.ts';
import { GuestError, requestError } from './errors.ts';
import type { ListeningPort } from './protocol.ts';

/** Characters of one message, at most: MAX_PORTS of the longest. */
const MAX_LINE = 65_536;

/**
 * Follows the list of ports over that connection until it ends, which it always does with an error: the machine went away, or it is no guest.
 * Everything that comes is checked; see src/guest/check.ts. @throws GuestError Lost, NotAGuest, Unreachable; ProtocolError, SyntaxError
 */
export function followPorts(agent: Agent, onPorts: (ports: ListeningPort[]) => void): Promise<never> {
  return new Promise((_, reject) => {
    const request = requestTo(agent, { path: '/v1/ports' });
    request.once('error', (error) => reject(requestError(error)));
    request.once('close', () => reject(new GuestError('Lost', 'the machine closed the connection')));
    request.once('response', (response) => {
      const lines = createLineReader(MAX_LINE, (line) => onPorts(checkPorts(JSON.parse(line))));
      response.setEncoding('utf8');
      response.on('error', (error) => reject(requestError(error)));
      response.on('data', (text: string) => {
        try {
          lines(text);
        } catch (error) {
          reject(error as Error);
          request.destroy();
        }
      });
    });
    request.end();
  });
}

function createLineReader(maxLine: number, onLine: (line: string) => void): (text: string) => void {
  let rest = '';
  return (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > maxLine) throw new GuestError('NotAGuest', 'the guest sends a line without an end');
    for (const line of lines) onLine(line);
  };
}
