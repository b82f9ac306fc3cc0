import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { splitLines } from '../../../client/lines.ts';
import { encode, PROTOCOL } from './protocol.ts';
import type { Hello, Refusal, Reply, Request } from './protocol.ts';

/** Nobody holds sessions there, or not any more. */
export class HolderGone extends Error {
  override readonly name = 'HolderGone';
}

/** What was asked for was not done. */
export class HolderRefusal extends Error {
  override readonly name = 'HolderRefusal';
  readonly code: Refusal['code'];
  constructor({ code, message }: Refusal) {
    super(message);
    this.code = code;
  }
}

export interface Connection {
  hello: Hello;
  socket: Socket;
  /** What comes after the Hello, until the connection ends. May be read once. */
  messages: AsyncGenerator<unknown>;
}

/** Milliseconds until it has to have said its Hello, for which it does nothing. */
const HELLO_TIMEOUT = 3_000;
/** Milliseconds without an answer; whatever holds on to its terminal has seven seconds to end. */
const TIMEOUT = 20_000;
const NOBODY = ['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'];

/** Opens a connection to the holder behind a socket. @throws HolderGone; Error when something else answers */
export async function openConnection(path: string): Promise<Connection> {
  const socket = connect(path);
  socket.setTimeout(HELLO_TIMEOUT, () => {
    socket.destroy(new Error(`the process that holds the sessions does not answer (${path})`));
  });
  // Whoever waits for something is told; and nobody else needs to be.
  socket.on('error', () => undefined);
  const messages = messagesOf(socket);
  try {
    await once(socket, 'connect');
    const hello = checkHello(await nextOf(messages), path);
    socket.setTimeout(TIMEOUT);
    return { hello, socket, messages };
  } catch (error) {
    socket.destroy();
    throw asGone(error, path);
  }
}

/** Asks and waits for the reply. @throws HolderRefusal, HolderGone */
export async function request<T>({ socket, messages }: Connection, message: Request): Promise<T> {
  try {
    socket.write(encode(message));
    const reply = (await nextOf(messages)) as Reply<T>;
    if ('error' in reply) throw new HolderRefusal(reply.error);
    return reply.ok;
  } catch (error) {
    socket.destroy();
    throw asGone(error, 'the session holder');
  }
}

async function* messagesOf(socket: Socket): AsyncGenerator<unknown> {
  for await (const line of splitLines(socket)) yield JSON.parse(line);
}

async function nextOf(messages: AsyncGenerator<unknown>): Promise<unknown> {
  const { value, done } = await messages.next();
  if (done) throw new HolderGone('the session holder has ended');
  return value;
}

function checkHello(value: unknown, path: string): Hello {
  const hello = value as Partial<Hello> | null;
  if (hello?.dual !== 'sessions' || !Array.isArray(hello.protocols))
    throw new Error(`what answers at ${path} is not Dual's session holder`);
  const [oldest, newest] = hello.protocols;
  if (oldest <= PROTOCOL && PROTOCOL <= newest) return hello as Hello;
  const { version, pid } = hello;
  throw new Error(
    `sessions are held by Dual ${version}, which this version cannot talk to; end them with: kill ${pid}`,
  );
}

/** The error, or HolderGone when it means just that. */
function asGone(error: unknown, what: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  return NOBODY.includes(code ?? '') ? new HolderGone(`${what}: ${message}`, { cause: error }) : error;
}
