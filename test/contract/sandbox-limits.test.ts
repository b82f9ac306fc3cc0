import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createLimits } from '../../src/drivers/container/sandbox/limits.ts';
import { makeCgroup } from '../../src/drivers/container/sandbox/limits/cgroup.ts';
import { limitSettings } from '../../src/drivers/container/sandbox/limits/settings.ts';
import { findCgroupPlace } from '../../src/drivers/container/sandbox/limits/place.ts';
import { readCgroupTree } from '../../src/drivers/container/sandbox/limits/tree.ts';
import { silentLog } from '../../src/log/log.ts';
import { eventually } from '../support/eventually.ts';
import { isRunning } from '../support/processes.ts';

const limits = createLimits({ log: silentLog });
const NAME = `test-${process.pid}`;
const RESOURCES = { memory: '64Mi', cpus: '500m', pids: 32 };

afterEach(() => limits.release(NAME));

/** A process in that group, which makes another one there. */
async function enter(cgroup: string): Promise<number[]> {
  const script = 'echo $$ >"$1/cgroup.procs" && { sleep infinity & echo $! && wait; }';
  const child = spawn('sh', ['-c', script, 'sh', cgroup], { stdio: ['ignore', 'pipe', 'inherit'] });
  const printed = await new Promise<string>((resolve) => child.stdout.once('data', (data) => resolve(String(data))));
  return [child.pid ?? 0, Number(printed)];
}

describe('limits of a sandbox', () => {
  it('are set, or it is said that they are not', async () => {
    const { cgroup, processes, notices } = await limits.grant(NAME, RESOURCES);
    for (const { field, value, files } of limitSettings(RESOURCES)) {
      const isNoticed = notices.some((notice) => notice.startsWith(`${field}: not limited to ${value}, since `));
      const isCounted = field === 'pids' && processes !== undefined;
      const [file = '', content] = Object.entries(files)[0] ?? [];
      const isSet = cgroup !== undefined && existsSync(path.join(cgroup, file));
      expect([isNoticed, isCounted, isSet].filter(Boolean), `${field}: ${notices.join(' ')}`).toHaveLength(1);
      if (isSet) expect(readFileSync(path.join(cgroup, file), 'utf8').trim()).toBe(content);
    }
  });

  it('are granted anew as they were', async () => {
    expect(await limits.grant(NAME, RESOURCES)).toEqual(await limits.grant(NAME, RESOURCES));
  });

  it('need not have been granted to be released', async () => {
    await limits.release(NAME);
    await limits.release(NAME);
  });
});

/** Also where control groups limit nothing. */
const tree = await readCgroupTree();
const place = tree && (await findCgroupPlace(tree, []));

describe('the control group of a sandbox', () => {
  it('ends what is left in it when it is released; where none can be made, none is promised', async () => {
    if (!place) {
      expect((await limits.grant(NAME, RESOURCES)).cgroup).toBeUndefined();
      return;
    }
    const cgroup = await makeCgroup(place, NAME, {});
    const pids = await enter(cgroup);
    expect(await Promise.all(pids.map(isRunning))).toEqual([true, true]);
    await limits.release(NAME);
    expect(existsSync(cgroup)).toBe(false);
    await eventually(async () => expect(await Promise.all(pids.map(isRunning))).toEqual([false, false]));
  });
});
