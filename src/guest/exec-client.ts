import type { Agent } from 'node:http';
import type { Duplex } from 'node:stream';
import type { GuestEndpoint } from '../drivers/container/driver.ts';
import { checkExecRequest } from './check.ts';
import { dial, requestTo } from './dial.ts';
import { GuestError, requestError } from './errors.ts';
import { converse } from './exec-conversation.ts';
import type { ExecStreams } from './exec-conversation.ts';
import { handshake } from './handshake.ts';
import { EXEC_UPGRADE, GUEST_HEADER } from './protocol.ts';
import type { ExecRequest, ExecResult } from './protocol.ts';

export type { ExecStreams } from './exec-conversation.ts';

/**
 * Runs a command in the machine, from its start to its end; when this process dies, so does the command.
 * @throws GuestError Unreachable, NotAGuest, Lost; ProtocolError for a request that no system could run (NUL bytes, a relative cwd);
 *   the reason of `io.signal`
 */
export async function execInGuest(endpoint: GuestEndpoint, request: ExecRequest, io: ExecStreams): Promise<ExecResult> {
  const checked = checkExecRequest(request);
  io.signal?.throwIfAborted();
  const agent = dial(endpoint);
  try {
    await handshake(endpoint, { agent });
    const connection = await upgrade(agent);
    io.signal?.throwIfAborted();
    return await converse(connection, checked, io);
  } finally {
    agent.destroy();
  }
}

function upgrade(agent: Agent): Promise<{ socket: Duplex; head: Buffer }> {
  return new Promise((resolve, reject) => {
    const headers = { connection: 'Upgrade', upgrade: EXEC_UPGRADE };
    const request = requestTo(agent, { path: '/v1/exec', headers });
    const refuse = (): void => {
      request.destroy();
      reject(new GuestError('NotAGuest', 'the guest does not run commands'));
    };
    request.once('upgrade', (response, socket, head) => {
      const isGuest = response.headers[GUEST_HEADER] !== undefined && response.headers.upgrade === EXEC_UPGRADE;
      if (isGuest) {
        resolve({ socket, head });
        return;
      }
      socket.destroy();
      refuse();
    });
    request.once('response', refuse);
    request.once('error', (error) => reject(requestError(error)));
    request.end();
  });
}
