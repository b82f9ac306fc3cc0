import type { Clock } from '../../../clock/clock.ts';
import type { Log } from '../../../log/log.ts';
import type { EngineProbe } from '../driver.ts';
import type { SandboxFiles } from './files.ts';
import type { Limits, Network } from './helpers.ts';
import type { MaskedPath } from './masked.ts';

export interface SandboxDriverOptions {
  /** Directory for what belongs to the sandboxes, each in one of its own. No machine can see it. */
  dir: string;
  install: string;
  /** Directory on the host with the guest's runtime; made when it is first needed. */
  guestRuntime: () => Promise<string>;
  /** Flags of the guest's Node. */
  guestFlags: string[];
  /** Dual's own. */
  version: string;
  /** The user's login environment. */
  env: () => Promise<Record<string, string>>;
  /** What nobody inside may see: Dual's state and configuration, all worktrees. */
  masked: MaskedPath[];
  network: Network;
  limits: Limits;
  clock?: Clock;
  log: Log;
}

/** What the driver's parts work with. */
export interface Context extends SandboxDriverOptions {
  clock: Clock;
  /** Whether the host's root runs this. */
  root: boolean;
  probe(): Promise<EngineProbe>;
  /** Called when a sandbox that this process started has ended. */
  onExit(uid: string): void;
}

/** Takes away what a sandbox that does not run had outside of itself. Nothing to do when there is nothing. */
export async function releaseOutside(context: Context, files: SandboxFiles, uid: string): Promise<void> {
  await context.network.detach(files.dir);
  await context.limits.release(uid);
}
