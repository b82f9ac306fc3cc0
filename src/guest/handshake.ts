import type { Agent, IncomingMessage } from 'node:http';
import type { GuestEndpoint } from '../drivers/container/driver.ts';
import { checkHello, ProtocolError } from './check.ts';
import { dial, requestTo } from './dial.ts';
import { GuestError, requestError } from './errors.ts';
import type { Hello } from './protocol.ts';

const MAX_BODY = 4096;

/**
 * Asks who answers. With an `agent` (src/guest/dial.ts) the connection stays open for what comes next.
 * @throws GuestError Unreachable (nothing there, or no answer within `timeout` milliseconds), NotAGuest
 */
export async function handshake(
  endpoint: GuestEndpoint,
  options: { timeout?: number; agent?: Agent } = {},
): Promise<Hello> {
  const agent = options.agent ?? dial(endpoint);
  try {
    return checkHello(parse(await get(agent, options.timeout ?? 2000)));
  } catch (error) {
    agent.destroy();
    if (error instanceof ProtocolError) throw new GuestError('NotAGuest', error.message, { cause: error });
    throw error;
  } finally {
    if (!options.agent) agent.destroy();
  }
}

function get(agent: Agent, timeout: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let answered = false;
    const request = requestTo(agent, { path: '/v1' });
    const deadline = setTimeout(() => request.destroy(new Error(`no answer within ${timeout} ms`)), timeout);
    request.once('close', () => {
      clearTimeout(deadline);
      if (!answered) reject(new GuestError('Unreachable', 'the machine closed the connection'));
    });
    request.once('error', (error) => reject(requestError(error)));
    request.once('response', (response) => {
      answered = true;
      readBody(response).then(resolve, (error: Error) => {
        request.destroy();
        reject(error instanceof ProtocolError ? error : requestError(error));
      });
    });
    request.end();
  });
}

async function readBody(response: IncomingMessage): Promise<string> {
  let body = '';
  response.setEncoding('utf8');
  for await (const chunk of response as AsyncIterable<string>) {
    body += chunk;
    if (body.length > MAX_BODY) throw new ProtocolError('what answers there is not a guest');
  }
  return body;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ProtocolError('what answers there is not a guest', { cause: error });
  }
}
