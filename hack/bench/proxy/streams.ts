import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Contender } from './contender.ts';
import { residentMemory } from './processes.ts';

const STREAMS = 1_000;
/** Opened at once: fewer than anybody's backlog. */
const BATCH = 50;
/** Milliseconds for what was only needed for the opening to be given back. */
const SETTLE_MS = 1_000;

export interface StreamsResult {
  /** KiB of its processes, before and after. */
  before: number;
  after: number;
  /** KiB. */
  perStream: number;
}

/** What a thousand event streams hold in memory on which nothing comes any more. */
export async function idleStreams(contender: Contender): Promise<StreamsResult> {
  const sockets: net.Socket[] = [];
  const before = residentMemory(contender.pids);
  try {
    while (sockets.length < STREAMS) {
      const batch = Array.from({ length: BATCH }, () => open(contender));
      sockets.push(...(await Promise.all(batch)));
    }
    await sleep(SETTLE_MS);
    const after = residentMemory(contender.pids);
    return { before, after, perStream: (after - before) / STREAMS };
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

/** A stream on which the first event has come. */
async function open({ name, address, port, host }: Contender): Promise<net.Socket> {
  const socket = net.connect({ host: address, port });
  socket.setEncoding('latin1');
  socket.write(`GET /sse HTTP/1.1\r\nHost: ${host}\r\nAccept: text/event-stream\r\n\r\n`);
  let text = '';
  while (!text.includes('data: first')) {
    const [chunk] = (await once(socket, 'data')) as [string];
    text += chunk;
    if (!text.startsWith('HTTP/1.1 200')) throw new Error(`${name}: no stream but ${text.slice(0, 80)}`);
  }
  return socket;
}
