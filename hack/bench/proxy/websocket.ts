import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { bundled } from './bundle.ts';
import type { Contender } from './contender.ts';

const CONNECTIONS = 32;

/** Messages per second that come back over websockets, with one under way on each; `size` in bytes. */
export type Echo = (contender: Contender, size: number) => Promise<number>;

export async function createEcho(dir: string, seconds: number): Promise<Echo> {
  const script = path.join(dir, 'websocket-client.cjs');
  writeFileSync(script, await bundled(new URL('./websocket-client.ts', import.meta.url)));
  return async ({ address, port, host }, size) => {
    const args = [`ws://${address}:${port}/`, host, ...[CONNECTIONS, size, seconds].map(String)];
    const { stdout } = await execa(process.execPath, [script, ...args]);
    return Number(stdout);
  };
}
