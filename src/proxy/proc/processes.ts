import path from 'node:path';
import { linkIfThere, namesIfThere, readIfThere } from './files.ts';
import type { Pace } from './pace.ts';

export function processIds(procDir: string): string[] {
  return [...namesIfThere(procDir)].filter((name) => /^\d+$/.test(name));
}

/** Hands over the inode of each socket that the process has open, until told that this is enough. */
export async function eachSocket(processDir: string, pace: Pace, isEnough: (inode: string) => boolean): Promise<void> {
  const dir = path.join(processDir, 'fd');
  for (const fd of namesIfThere(dir)) {
    const link = linkIfThere(`${dir}/${fd}`) ?? '';
    if (link.startsWith('socket:[') && isEnough(link.slice('socket:['.length, -1))) return;
    if (pace.isDue()) await pace.rest();
  }
}

/** Undefined when it has ended. */
export function parentOf(processDir: string): string | undefined {
  const stat = readIfThere(path.join(processDir, 'stat'));
  // pid (name) state ppid ...: the name may hold anything, parentheses too.
  return stat === '' ? undefined : stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
}
