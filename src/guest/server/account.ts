import {
  accessSync,
  chownSync,
  constants,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { User } from '../../drivers/container/driver.ts';
import { shellOf, withGroup, withUser } from './account-files.ts';
import { isRoot } from './identity.ts';

const PASSWD = '/etc/passwd';
const GROUP = '/etc/group';

/**
 * Makes the host's user exist inside: name, ids, group, home. Where the guest is not root, or the user is root, everything is there already.
 * @returns the user's shell
 */
export function ensureAccount(user: User): string {
  const passwd = readFileSync(PASSWD, 'utf8');
  const shell = usableShell(shellOf(passwd, user.uid));
  if (!isRoot() || user.uid === 0) return shell;
  replace(PASSWD, passwd, withUser(passwd, user, shell));
  const group = readFileSync(GROUP, 'utf8');
  replace(GROUP, group, withGroup(group, user));
  ensureHome(user);
  return shell;
}

function usableShell(preferred: string | undefined): string {
  const shells = [preferred, '/bin/bash', '/bin/sh'].filter((shell) => shell?.startsWith('/')) as string[];
  return shells.find((shell) => !/\/(nologin|false)$/.test(shell) && isExecutable(shell)) ?? '/bin/sh';
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function replace(file: string, before: string, after: string): void {
  if (before === after) return;
  const temporary = `${file}.dual`;
  writeFileSync(temporary, after, { mode: 0o644 });
  renameSync(temporary, file);
}

/**
 * The engine makes the directories that lead to a mount, as root. Those below the home are made the user's own, who could write
 * nothing beside the mount otherwise.
 */
function ensureHome(user: User): void {
  mkdirSync(user.home, { recursive: true });
  const mounts = mountPoints();
  const rootDevice = lstatSync('/').dev;
  const leading = mounts.flatMap((mount) => directoriesBetween(user.home, mount));
  for (const directory of new Set([user.home, ...leading])) {
    const { uid, dev } = lstatSync(directory);
    // Another device is a mount, so the host's.
    if (uid === 0 && dev === rootDevice && !mounts.includes(directory)) chownSync(directory, user.uid, user.gid);
  }
}

function directoriesBetween(home: string, mount: string): string[] {
  const inside = path.relative(home, mount);
  if (inside === '' || inside.startsWith('..')) return [];
  const names = path
    .dirname(inside)
    .split('/')
    .filter((name) => name !== '.');
  return names.map((_, index) => path.join(home, ...names.slice(0, index + 1)));
}

function mountPoints(): string[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  const points = lines.map((line) => line.split(' ')[4]).filter((point) => point !== undefined);
  return points.map((point) =>
    point.replaceAll(/\\(\d{3})/g, (_, code: string) => String.fromCharCode(parseInt(code, 8))),
  );
}
