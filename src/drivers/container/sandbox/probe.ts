import { readFileSync } from 'node:fs';
import { CommandError, run } from '../../../exec/run.ts';
import type { EngineProbe } from '../driver.ts';
import { RAISE_LOOPBACK, UNSHARE } from './namespaces.ts';
import { findProgram, firstFound, LOOPBACK, NEEDED, searchPath } from './programs.ts';
import { explainMissing, explainRefusal } from './refusal.ts';
import type { NamespaceSettings } from './refusal.ts';

const TIMEOUT = 5_000;

/** As a sandbox does it: both levels, a /proc of its own, a table of mounts, the loopback interface. */
const ATTEMPT = `
  set -e
  "$1" -t proc proc /proc
  "$1" -t tmpfs outer /tmp
  echo 'inner /tmp tmpfs size=64k 0 0' >/tmp/table
  "$1" -a -T /tmp/table
  loopback=$4
  ${RAISE_LOOPBACK}
  exec "$2" --user --map-user=1000 --map-group=1000 "$3" --no-new-privs true`;

/**
 * Whether sandboxes can be made here: makes an empty one. Says what to do when they cannot. Never throws.
 * @param userPath where programs are looked for besides the system's own directories, in the form of PATH
 */
export async function probeSandbox(userPath?: string): Promise<EngineProbe> {
  if (process.platform !== 'linux')
    return no(`sandboxes are made of Linux namespaces, and this is ${process.platform}`);
  const search = searchPath(userPath);
  const missing = NEEDED.filter((name) => findProgram(name, search) === undefined);
  const loopback = firstFound(LOOPBACK, search);
  const lacking = explainMissing(missing, loopback !== undefined);
  if (lacking !== undefined) return no(lacking);
  try {
    const env = { PATH: search, LC_ALL: 'C' };
    const programs = ['mount', 'unshare', 'setpriv'].map((name) => findProgram(name, search) ?? name);
    await run('unshare', [...UNSHARE, 'sh', '-c', ATTEMPT, 'sh', ...programs, loopback ?? ''], {
      env,
      timeout: TIMEOUT,
    });
    return { available: true, message: `namespaces of Linux ${kernelRelease()}` };
  } catch (error) {
    const said = error instanceof CommandError && error.stderr !== '' ? error.stderr : (error as Error).message;
    return no(explainRefusal(said, namespaceSettings()));
  }
}

function no(message: string): EngineProbe {
  return { available: false, message };
}

function namespaceSettings(): NamespaceSettings {
  const apparmorRestricts = setting('kernel/apparmor_restrict_unprivileged_userns');
  const unprivilegedClone = setting('kernel/unprivileged_userns_clone');
  const maxUserNamespaces = setting('user/max_user_namespaces');
  return {
    root: process.getuid?.() === 0,
    ...(apparmorRestricts !== undefined && { apparmorRestricts }),
    ...(unprivilegedClone !== undefined && { unprivilegedClone }),
    ...(maxUserNamespaces !== undefined && { maxUserNamespaces }),
  };
}

function kernelRelease(): string {
  return setting('kernel/osrelease') ?? '';
}

/** Undefined where this kernel has no such setting, or does not tell. */
function setting(name: string): string | undefined {
  try {
    return readFileSync(`/proc/sys/${name}`, 'latin1').trim();
  } catch {
    return undefined;
  }
}
