import { packageVersion } from '../../../config/package-root.ts';
import { daemonStatus } from '../../../daemon/start.ts';
import { print, type Context } from '../../shared/context.ts';
import type { Configure } from '../command.ts';

export const configureVersion: Configure = (command, context, run) => {
  command.action(run(() => version(context)));
};

/** Starts no daemon just to ask it. */
export async function version(context: Context): Promise<void> {
  const daemon = await daemonStatus(context.paths);
  print(context, `dual ${packageVersion()}`);
  print(context, `daemon ${daemon.running ? (daemon.version ?? 'of an unknown version') : 'not running'}`);
}
