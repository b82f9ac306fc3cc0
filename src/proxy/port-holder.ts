import { readdir, readFile, readlink } from 'node:fs/promises';
import { BlockList, isIP } from 'node:net';
import path from 'node:path';

/** What listens on a port of this machine, as far as it can be told. */
export interface PortHolder {
  /** Tells one listening socket from another. */
  inode: string;
  uid: number;
  /** Left out when the process is another user's. */
  process?: { pid: number; name: string };
}

interface ListeningSocket {
  address: string;
  port: number;
  uid: number;
  inode: string;
}

/**
 * Whose socket keeps `address` from being listened on at that port. Linux only; elsewhere undefined.
 * @param known what was found the last time, so that not every process has to be looked at again
 */
export async function findPortHolder(
  address: string,
  port: number,
  known?: PortHolder,
): Promise<PortHolder | undefined> {
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readIfThere(`/proc/self/net/${name}`)));
  const conflicts = conflictsWith(address);
  const socket = tables.flatMap(parseListening).find((one) => one.port === port && conflicts(one.address));
  if (!socket) return undefined;
  if (socket.inode === known?.inode) return known;
  const owner = await findProcess(socket.inode);
  return { inode: socket.inode, uid: socket.uid, ...(owner && { process: owner }) };
}

/** The sockets in state LISTEN of a /proc/net/tcp or tcp6. */
export function parseListening(table: string): ListeningSocket[] {
  const rows = table.split('\n').slice(1);
  return rows.flatMap((row) => {
    const [, local = '', , state, , , , uid, , inode] = row.trim().split(/\s+/);
    const [address, port] = local.split(':');
    if (state !== '0A' || !address || !port || !inode) return [];
    return [{ address: decodeAddress(address), port: Number.parseInt(port, 16), uid: Number(uid), inode }];
  });
}

/** From the kernel's hexadecimal, 32 bits at a time in the byte order of the machine (little-endian wherever Node runs on Linux). */
function decodeAddress(hex: string): string {
  const words = hex.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) => [...Buffer.from(word, 'hex').reverse()]);
  if (bytes.length === 4) return bytes.join('.');
  const groups = [];
  for (let i = 0; i < bytes.length; i += 2) groups.push((((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0)).toString(16));
  return groups.join(':');
}

function conflictsWith(address: string): (other: string) => boolean {
  const list = new BlockList();
  const family = (text: string): 'ipv4' | 'ipv6' => (isIP(text) === 6 ? 'ipv6' : 'ipv4');
  for (const one of [address, '0.0.0.0', '::']) list.addAddress(one, family(one));
  const isWildcard = address === '::' || address === '0.0.0.0';
  return (other) => isWildcard || list.check(other, family(other));
}

async function findProcess(inode: string): Promise<PortHolder['process']> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    if (!(await hasSocket(`/proc/${pid}/fd`, inode))) continue;
    const name = await readIfThere(`/proc/${pid}/comm`);
    return { pid: Number(pid), name: name.trim() };
  }
  return undefined;
}

async function hasSocket(dir: string, inode: string): Promise<boolean> {
  try {
    const targets = await Promise.all((await readdir(dir)).map((fd) => linkTarget(path.join(dir, fd))));
    return targets.includes(`socket:[${inode}]`);
  } catch (error) {
    if (isGoneOrForeign(error)) return false;
    throw error;
  }
}

async function linkTarget(file: string): Promise<string> {
  try {
    return await readlink(file);
  } catch (error) {
    if (isGoneOrForeign(error)) return '';
    throw error;
  }
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isGoneOrForeign(error)) return '';
    throw error;
  }
}

/** Processes and their descriptors go at any moment, and those of other users are closed to us. */
function isGoneOrForeign(error: unknown): boolean {
  return ['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '');
}
