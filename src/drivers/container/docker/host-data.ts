import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { MountConfig, MountSettings } from 'dockerode';
import { isWithin } from '../mount-rules.ts';

/** Data of the host's that programs inside find at a place of their own, so that the image's stays where it is. */
export interface HostData {
  source: string;
  target: string;
}

/** Directories of the host's. */
export interface HostFiles {
  etc: string;
  locales: string;
  terminfo: string;
}

export const HOST_FILES: Readonly<HostFiles> = {
  etc: '/etc',
  locales: '/usr/lib/locale',
  terminfo: '/usr/share/terminfo',
};

/**
 * What the host's LANG and TERM stand for: locales, of which a small image has none (the guest makes links to them), and terminals (/etc/terminfo
 * is looked at besides the image's own). A user's own descriptions of terminals are at the same path.
 */
export function hostData({ locales, terminfo }: HostFiles, home: string): HostData[] {
  const own = path.join(home, '.terminfo');
  return [
    { source: locales, target: '/usr/lib/locale/host' },
    { source: terminfo, target: '/etc/terminfo' },
    { source: own, target: own },
  ];
}

/**
 * Read-only mounts of those that have something to offer, and lie in no other mount.
 * @param socket of the engine: one that runs in a virtual machine does not have the host's system directories
 */
export async function hostDataMounts(data: HostData[], mounts: MountConfig, socket?: string): Promise<MountConfig> {
  if (process.platform !== 'linux' || socket === undefined || socket.includes('/.docker/')) return [];
  const free = data.filter(({ target }) => !mounts.some((mount) => isWithin(target, mount.Target)));
  const wanted = await Promise.all(free.map(({ source }) => offersSomething(source)));
  return free
    .filter((_, index) => wanted[index])
    .map(({ source, target }): MountSettings => ({ Type: 'bind', Source: source, Target: target, ReadOnly: true }));
}

/** Not where there is nothing but the locale that every C library has, nor by a link, which may lead to what no machine may see. */
async function offersSomething(dir: string): Promise<boolean> {
  try {
    if (!(await lstat(dir)).isDirectory()) return false;
    return (await readdir(dir)).some((name) => name !== 'C.utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}
