import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const SAMPLE_MS = 1_000;

/** The share of this machine that is at work. Asked while the benchmark waits, it is somebody else who is, and moves every figure. */
export async function busyShare(): Promise<number> {
  const before = processorTimes();
  await sleep(SAMPLE_MS);
  const after = processorTimes();
  return 1 - (after.idle - before.idle) / (after.all - before.all);
}

function processorTimes(): { all: number; idle: number } {
  const [, ...times] = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]!.split(/ +/).map(Number);
  // The last two are in the first two already.
  const all = times.slice(0, 8).reduce((sum, time) => sum + time, 0);
  const [, , , idle = 0, waiting = 0] = times;
  return { all, idle: idle + waiting };
}
