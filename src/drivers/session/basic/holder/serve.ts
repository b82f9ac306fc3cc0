import type { Socket } from 'node:net';
import { splitLines } from '../../../../client/lines.ts';
import { encode } from '../protocol.ts';
import type { Changed, Hello, LogFiles, Request } from '../protocol.ts';
import { serveAttach } from './attach.ts';
import type { AttachedTerminal } from './attach.ts';
import { checkKeys, checkRequest } from './check.ts';
import { serveFollow } from './follow.ts';
import { asRefusal } from './refuse.ts';
import type { Sessions } from './sessions.ts';

/** Serves one connection to its end. */
export async function serve(socket: Socket, hello: Hello, sessions: Sessions): Promise<void> {
  socket.on('error', () => undefined);
  socket.write(encode(hello));
  let take = async (message: unknown): Promise<void> => {
    // One request, and that first; only a terminal has more to say.
    take = () => Promise.resolve();
    const terminal = await answer(socket, checkRequest(message), sessions);
    if (terminal) take = (keys) => terminal.take(checkKeys(keys));
  };
  try {
    for await (const line of splitLines(socket)) {
      await take(JSON.parse(line)).catch((error: unknown) => refuse(socket, error));
    }
  } catch {
    // The other side is gone, or does not keep to the protocol.
    socket.destroy();
  }
}

function refuse(socket: Socket, error: unknown): void {
  if (socket.writable) socket.end(encode({ error: asRefusal(error) }));
}

type Act = Extract<Request, { install: string }> & { op: Exclude<Request['op'], 'attach' | 'follow' | 'watch'> };

/** Does what was asked, and replies. What goes on after that is a terminal's. */
async function answer(socket: Socket, request: Request, sessions: Sessions): Promise<AttachedTerminal | undefined> {
  const reply = (ok: unknown): void => void (socket.writable && socket.write(encode({ ok })));
  switch (request.op) {
    case 'attach': {
      const session = sessions.find(request.session);
      reply({ session: session.name });
      return serveAttach(socket, session, { sessions, size: { rows: request.rows, cols: request.cols } });
    }
    case 'follow': {
      const pane = sessions.findPane(request.session, request.pane, request.install);
      reply(null);
      serveFollow(socket, pane, request.history);
      return undefined;
    }
    case 'watch': {
      reply(null);
      const tell = (session: string): void => void socket.write(encode({ session } satisfies Changed));
      socket.once('close', sessions.watch(request.install, tell));
      return undefined;
    }
    default:
      reply(await act(request as Act, sessions));
      socket.end();
      return undefined;
  }
}

async function act(request: Act, sessions: Sessions): Promise<unknown> {
  const { install } = request;
  switch (request.op) {
    case 'list':
      return sessions.list(install);
    case 'create':
      return sessions.create(request.spec, install, request.env);
    case 'add':
    case 'restart':
      return sessions[request.op](request.session, install, request);
    case 'remove':
      return sessions.remove(request.session, install, request.pane);
    case 'destroy':
      return sessions.destroy(request.session, install);
    case 'detach':
      return sessions.detach(request.session, install);
    case 'log':
      return logOf(request, sessions);
  }
}

async function logOf(
  request: { session: string; pane: string; install: string },
  sessions: Sessions,
): Promise<LogFiles> {
  const { output, log } = sessions.findPane(request.session, request.pane, request.install);
  await output.written();
  return { files: log.files };
}
