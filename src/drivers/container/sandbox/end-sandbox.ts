import type { SandboxFiles } from './files.ts';
import { killKeepers } from './keepers.ts';
import { haveEnded, readIdentity, signalProcess } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** Milliseconds between SIGTERM and SIGKILL: the guest takes two seconds at most to end what runs in it. */
const GRACE = 5_000;
/** Milliseconds in which the kernel takes everything away after a SIGKILL. */
const PATIENCE = 5_000;

/** Lets what runs in a sandbox end in an orderly way, then kills it. Nothing to do when nothing runs. @throws Error as killSandbox */
export async function endSandbox(files: SandboxFiles): Promise<void> {
  const init = await readIdentity(files.init);
  if (init) {
    signalProcess(init, 'SIGTERM');
    await haveEnded(await processesOf(files), GRACE);
  }
  await killSandbox(files);
}

/** Kills it, and waits until all of it is gone: with its keeper or its first process the kernel ends all others. @throws Error, RetryError when it stays */
export async function killSandbox(files: SandboxFiles): Promise<void> {
  const all = await processesOf(files);
  for (const process of all) signalProcess(process, 'SIGKILL');
  if (!(await haveEnded(all, PATIENCE))) throw new Error('its processes cannot be ended; they may hang in the kernel');
  await killKeepers(files);
}

async function processesOf(files: SandboxFiles): Promise<ProcessIdentity[]> {
  const found = await Promise.all([readIdentity(files.run), readIdentity(files.init)]);
  return found.filter((process) => process !== undefined);
}
