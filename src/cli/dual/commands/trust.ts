import { acquireLock } from '../../../exec/process-lock.ts';
import { createAuthority, readAuthority, type Authority } from '../../../proxy/tls/authority.ts';
import { removeCaFiles, removeCaKey } from '../../../proxy/tls/ca-files.ts';
import { note, print, type Context } from '../../shared/context.ts';
import { CliError } from '../../shared/errors.ts';
import type { Configure } from '../command.ts';
import { adviceForTools, refuseRemainder } from '../trust/advice.ts';
import { findBundle } from '../trust/bundle.ts';
import { changeStores } from '../trust/change-stores.ts';
import { trustHost, type TrustHost } from '../trust/host.ts';
import { findStores } from '../trust/stores.ts';
import { endDate, endsSoon, troubleWithKey } from '../trust/usable.ts';

export interface TrustOptions {
  remove?: true;
}

export const configureTrust: Configure = (command, context, run) => {
  command
    .option('--remove', 'serve http alone again, and take the authority out of all stores')
    .action(run((options: TrustOptions) => trust(context, options, trustHost(context))))
    .addHelpText(
      'after',
      '\nMakes a certificate authority of your own, which may sign for localhost and what is below it alone, and has this machine trust it. Commands\nthat need root are shown first, and run by sudo in a terminal only; elsewhere they are left to you, and the exit code is 1.',
    );
};

/** Turns https on, or off. What it finds done already it leaves as it is. */
export async function trust(context: Context, options: TrustOptions, host: TrustHost): Promise<void> {
  refuseRootOfSudo(host);
  const unlock = acquireLock(`${context.paths.ca}.lock`);
  if (!unlock) throw new CliError('another `dual trust` is at work');
  try {
    await (options.remove ? withdraw(context, host) : establish(context, host));
  } finally {
    unlock();
  }
}

/** Root's home has nothing to do with whoever opens the browser, and what root makes there the proxy cannot read. */
function refuseRootOfSudo({ isRoot, env }: TrustHost): void {
  if (isRoot && env['SUDO_UID'] !== undefined && env['SUDO_UID'] !== '0') {
    throw new CliError('call `dual trust` as yourself, not by sudo: it asks for that where it is needed');
  }
}

async function establish(context: Context, host: TrustHost): Promise<void> {
  const dir = context.paths.ca;
  await retireUnusable(context, host);
  const existing = authorityIn(dir);
  const authority = existing ?? makeAuthority(context, host);
  if (!existing) print(context, `${authority.name} made, valid until ${endDate(authority)} (${authority.file})`);
  const stores = await findStores(host);
  const remaining = await changeStores(stores, { context, host, authority, change: 'add' });
  note(context, adviceForTools(authority, await findBundle(host, authority)));
  refuseRemainder(remaining, { problem: 'it is not trusted everywhere yet', after: 'Then call `dual trust` again.' });
}

function authorityIn(dir: string): Authority | undefined {
  try {
    return readAuthority(dir);
  } catch (error) {
    throw new CliError(`${(error as Error).message}; remove it and call \`dual trust\` again`, 1, { cause: error });
  }
}

function makeAuthority({ clock, paths }: Context, { user, hostname }: TrustHost): Authority {
  // Left behind by one that was interrupted.
  removeCaKey(paths.ca);
  return createAuthority(paths.ca, { user, host: hostname }, clock.now());
}

/** One that has lost its key, or ends soon, gives way to a new one. */
async function retireUnusable(context: Context, host: TrustHost): Promise<void> {
  const { ca: dir } = context.paths;
  const authority = authorityIn(dir);
  if (!authority) return;
  const trouble = troubleWithKey(dir, authority);
  if (trouble === undefined && !endsSoon(authority, context.clock.now())) return;
  note(context, trouble ?? `${authority.name} ends on ${endDate(authority)}, and is replaced`);
  await removeAuthority(context, host, { authority, after: 'Then call `dual trust` again.' });
}

async function withdraw(context: Context, host: TrustHost): Promise<void> {
  const authority = authorityIn(context.paths.ca);
  if (authority) {
    await removeAuthority(context, host, { authority, after: 'Then call `dual trust --remove` again.' });
    print(context, `${authority.name} removed; https is off`);
    return;
  }
  removeCaFiles(context.paths.ca);
  print(context, `there is no certificate authority in ${context.paths.ca}; https is off`);
}

/** Its key goes at once. Its certificate goes when no store has it any more: without it nobody knows what to take out of them. */
async function removeAuthority(
  context: Context,
  host: TrustHost,
  { authority, after }: { authority: Authority; after: string },
): Promise<void> {
  const dir = context.paths.ca;
  removeCaKey(dir);
  const stores = await findStores(host);
  const remaining = await changeStores(stores, { context, host, authority, change: 'remove' });
  const problem = `the key of ${authority.name} is gone and https is off, and yet it is not out of every store`;
  refuseRemainder(remaining, { problem, after });
  removeCaFiles(dir);
}
