import { execa } from 'execa';
import type { Contender } from './contender.ts';

export interface Load {
  connections: number;
  seconds: number;
  headers?: Record<string, string>;
  threads?: number;
  /** A Lua script, which then makes the requests. */
  script?: string;
}

export interface LoadResult {
  requests: number;
  perSecond: number;
  /** Microseconds. */
  p50: number;
  p99: number;
}

/** Sends as many small requests as are answered. @throws Error when one is not answered, or otherwise than with 200 */
export async function runWrk(contender: Contender, load: Load): Promise<LoadResult> {
  const { name, address, port, host } = contender;
  const headers = Object.entries({ Host: host, ...load.headers });
  const { stdout } = await execa('wrk', [
    ...['--threads', String(load.threads ?? 1), '--connections', String(load.connections)],
    ...['--duration', `${load.seconds}s`, '--latency'],
    ...(load.script === undefined ? [] : ['--script', load.script]),
    ...headers.flatMap(([header, value]) => ['--header', `${header}: ${value}`]),
    `http://${address}:${port}/`,
  ]);
  const trouble = /^\s*(Socket errors|Non-2xx).*$/m.exec(stdout)?.[0];
  if (trouble !== undefined) throw new Error(`${name}: ${trouble.trim()}`);
  return {
    requests: Number(find(stdout, /(\d+) requests in/)[1]),
    perSecond: Number(find(stdout, /Requests\/sec:\s+([\d.]+)/)[1]),
    p50: microseconds(stdout, 50),
    p99: microseconds(stdout, 99),
  };
}

const UNITS: Record<string, number> = { us: 1, ms: 1_000, s: 1_000_000 };

function microseconds(output: string, percentile: number): number {
  const [, value, unit = ''] = find(output, new RegExp(`^\\s+${percentile}%\\s+([\\d.]+)(us|ms|s)$`, 'm'));
  return Number(value) * UNITS[unit]!;
}

function find(output: string, pattern: RegExp): RegExpExecArray {
  const match = pattern.exec(output);
  if (!match) throw new Error(`wrk prints something else than expected:\n${output}`);
  return match;
}
