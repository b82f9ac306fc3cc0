import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { splitLines } from '../../src/client/lines.ts';
import { serveFollow } from '../../src/drivers/session/basic/holder/follow.ts';
import { createPaneLog } from '../../src/drivers/session/basic/holder/pane-log.ts';
import { createPaneOutput } from '../../src/drivers/session/basic/holder/pane-output.ts';
import type { Pane } from '../../src/drivers/session/basic/holder/pane.ts';
import type { History, Output } from '../../src/drivers/session/basic/protocol.ts';

/** Characters after the history that are enough. */
const ENOUGH = 2_000;

describe('what follows on the history of a pane', () => {
  let dir: string;
  let pane: Pane;
  let server: net.Server;
  let isOver: boolean;
  let taking: Promise<void>;

  beforeEach(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
    isOver = false;
    const files = { current: path.join(dir, 'log'), previous: path.join(dir, 'log.1') };
    const log = createPaneLog(files, () => undefined);
    const output = createPaneOutput(log);
    pane = { name: 'dev', log, output, listen: () => () => undefined } as unknown as Pane;
    taking = output.take(Readable.from(numbers()));
    server = net.createServer((socket) => {
      socket.on('error', () => undefined);
      serveFollow(socket, pane, true);
    });
    await once(server.listen(path.join(dir, 'sock')), 'listening');
  });
  afterEach(async () => {
    isOver = true;
    await taking;
    server.close();
    await rm(dir, { recursive: true });
  });

  /** One after the other, so that the files are written all the time. */
  async function* numbers(): AsyncGenerator<Buffer> {
    for (let number = 1; !isOver; number += 2) {
      yield Buffer.from(`${number}\n${number + 1}`);
      yield Buffer.from('\n');
      await setImmediate();
    }
  }

  async function follow(): Promise<number[]> {
    const socket = net.connect(path.join(dir, 'sock'));
    let text = '';
    let last = 0;
    for await (const line of splitLines(socket)) {
      const message = JSON.parse(line) as History | Output;
      if ('skipped' in message) throw new Error(`${message.skipped} bytes were left out`);
      text += Buffer.from('history' in message ? message.history : message.data, 'base64').toString();
      if ('history' in message) last = text.length + ENOUGH;
      else if (text.length > last) break;
    }
    // The first may have begun in a file that is gone.
    return text.split('\n').slice(1, -1).map(Number);
  }

  it('is every piece that comes, once, wherever it begins', async () => {
    for (let time = 0; time < 60; time++) {
      const seen = await follow();
      expect(seen.length).toBeGreaterThan(100);
      const gap = seen.findIndex((number, index) => index > 0 && number !== (seen[index - 1] ?? 0) + 1);
      expect(gap < 0 ? 'none' : seen.slice(Math.max(gap - 2, 0), gap + 2)).toBe('none');
    }
  });
});
