import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isWithin } from './mount-rules.ts';
import { realPaths } from './real-paths.ts';

/** Paths of the sockets on which somebody on this machine listens just now, without links. Not those of other network namespaces. */
export async function listeningSockets(): Promise<string[]> {
  const real = await realPaths(listeningPaths(await socketTable()));
  // A path that was a socket's may be something else's by now.
  return real.filter((file) => statSync(file, { throwIfNoEntry: false })?.isSocket() === true);
}

/** Services for all users that names are looked up with, or builds are made with: made to be reached by anybody. */
const PUBLIC = ['/var/lib/sss/pipes', '/nix/var/nix/daemon-socket'];

/** Paths of the sockets that listen or take datagrams, from the text of /proc/net/unix. Pure. */
export function listeningPaths(text: string): string[] {
  // Num: RefCount Protocol Flags Type St Inode Path: 10000 is listening, 0002 datagrams.
  const listening = /^\S+ \S+ \S+ (?:0*10000 \S+|\S+ 0002) \S+ +\S+ (\/.*)$/gm;
  const files = [...text.matchAll(listening)].map((match) => match[1]!);
  return files.filter((file) => !PUBLIC.some((dir) => isWithin(file, dir)));
}

async function socketTable(): Promise<string> {
  try {
    return await readFile('/proc/net/unix', 'utf8');
  } catch (error) {
    // No Linux.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
