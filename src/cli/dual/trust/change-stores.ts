import type { Authority } from '../../../proxy/tls/authority.ts';
import { note, print, type Context } from '../../shared/context.ts';
import { quote } from '../quote.ts';
import type { TrustHost } from './host.ts';
import { asTyped, canBecomeRoot, runCommands } from './run-commands.ts';
import type { Command, Presence, TrustStore } from './store.ts';

export type Change = 'add' | 'remove';

/** What is still to be done about a store, for people: why it was not done, and the commands that do it. */
export interface Remainder {
  store: string;
  reason: string;
  commands: string[];
}

export interface Changing {
  context: Pick<Context, 'stdout' | 'stderr'>;
  host: TrustHost;
  authority: Authority;
  change: Change;
}

const WANTED: Record<Change, Presence> = { add: 'trusted', remove: 'absent' };
const SAID: Record<Change, { done: string; nothing: string }> = {
  add: { done: 'added to', nothing: 'is already in' },
  remove: { done: 'removed from', nothing: 'is not in' },
};

/** Puts the authority into each of the stores, or takes it out; a line for each that is as wanted. @returns what remains */
export async function changeStores(stores: TrustStore[], changing: Changing): Promise<Remainder[]> {
  const remaining: Remainder[] = [];
  for (const store of stores) {
    const remainder = await changeStore(store, changing);
    if (remainder) remaining.push(remainder);
  }
  return remaining;
}

async function changeStore(store: TrustStore, changing: Changing): Promise<Remainder | undefined> {
  const { context, host, authority, change } = changing;
  let commands: Command[] = change === 'add' ? store.add(authority) : store.remove(authority);
  try {
    const presence = await store.observe(authority);
    if (presence === WANTED[change]) {
      print(context, `${authority.name} ${SAID[change].nothing} ${store.name}`);
      return undefined;
    }
    if (presence === 'partial' && change === 'add') commands = [...store.remove(authority), ...commands];
    const obstacle = obstacleTo(store, host);
    if (obstacle !== undefined) return remainderOf(store, commands, { host, reason: obstacle });
    if (store.needsRoot) announce(context, host, commands);
    await runCommands(host, commands, store.needsRoot);
    if ((await store.observe(authority)) !== WANTED[change]) throw new Error('it has not taken effect');
    print(context, `${authority.name} ${SAID[change].done} ${store.name}`);
    return undefined;
  } catch (error) {
    return remainderOf(store, commands, { host, reason: (error as Error).message });
  }
}

function obstacleTo(store: TrustStore, host: TrustHost): string | undefined {
  if (store.lacks) return `${store.lacks.program} is not installed`;
  if (store.needsRoot && !canBecomeRoot(host)) return 'only root may change it';
  return undefined;
}

function remainderOf(
  store: TrustStore,
  commands: Command[],
  { host, reason }: { host: TrustHost; reason: string },
): Remainder {
  const lines = commands.map((command) => typed(host, command, store.needsRoot));
  return { store: store.name, reason, commands: store.lacks ? [store.lacks.install] : lines };
}

/** Nobody is to be asked for a password without knowing what for. */
function announce(context: Pick<Context, 'stderr'>, host: TrustHost, commands: Command[]): void {
  note(
    context,
    [
      'Running, with your password if sudo asks for it:',
      ...commands.map((command) => `  ${typed(host, command, true)}`),
    ].join('\n'),
  );
}

function typed(host: TrustHost, command: Command, needsRoot: boolean): string {
  return asTyped(host, command, needsRoot).map(quote).join(' ');
}
