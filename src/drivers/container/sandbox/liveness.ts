import type { SandboxFiles } from './files.ts';
import { isAlive, readIdentity } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { readIfThere } from './read-file.ts';

export interface Liveness {
  /** `starting` also when whoever started it did not get to the end of that. */
  state: 'new' | 'starting' | 'running' | 'ended';
  /** The process outside with which it lives and dies, of its last run. */
  keeper?: ProcessIdentity;
}

/** Where in its life a sandbox is. Reads only. */
export async function livenessOf(files: SandboxFiles): Promise<Liveness> {
  const keeper = await readIdentity(files.run);
  if (!keeper) return { state: 'new' };
  if (!isAlive(keeper)) return { state: 'ended', keeper };
  const isReady = ((await readIfThere(files.ready)) ?? '') !== '';
  return { state: isReady ? 'running' : 'starting', keeper };
}
