import { readdirSync, readlinkSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { lockHeld } from './errors.ts';
import type { SandboxFiles } from './files.ts';
import { isLocked } from './flock.ts';
import { haveEnded, identitiesWithChildren, signalProcess } from './process-identity.ts';

/** Milliseconds in which a process has to be gone that was killed. */
const PATIENCE = 2_000;
const LOOK_AGAIN = 10;
/** The descriptor on which a keeper has its lock, see LAUNCH in scripts.ts. */
const LOCK_FD = 9;

/**
 * Kills whoever keeps the sandbox by its lock, whatever its other files say: those may be damaged, and what runs must not lose its
 * directory. @throws RetryError when the lock stays taken
 */
export async function killKeepers({ lock }: Pick<SandboxFiles, 'lock'>): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  while (await isLocked(lock)) {
    if (performance.now() > deadline) throw lockHeld(lock);
    const all = identitiesWithChildren(holdersOf(await realpath(lock)));
    for (const process of all) signalProcess(process, 'SIGKILL');
    if (!(await haveEnded(all, PATIENCE))) throw lockHeld(lock);
    await delay(LOOK_AGAIN);
  }
}

function holdersOf(lock: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => openFile(`/proc/${pid}/fd/${LOCK_FD}`) === lock).map(Number);
}

/** Undefined where there is none, or it is not ours to know. */
function openFile(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch {
    return undefined;
  }
}
