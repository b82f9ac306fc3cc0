import { BlockList, isIP } from 'node:net';
import path from 'node:path';
import { decodeAddress } from './proc/address.ts';
import { readIfThere } from './proc/files.ts';
import { createPace } from './proc/pace.ts';
import { eachSocket, processIds } from './proc/processes.ts';
import { readTables } from './proc/tables.ts';

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
  const conflicts = conflictsWith(address);
  const socket = (await readTables('/proc'))
    .flatMap(parseListening)
    .find((one) => one.port === port && conflicts(one.address));
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

function conflictsWith(address: string): (other: string) => boolean {
  const list = new BlockList();
  const family = (text: string): 'ipv4' | 'ipv6' => (isIP(text) === 6 ? 'ipv6' : 'ipv4');
  for (const one of [address, '0.0.0.0', '::']) list.addAddress(one, family(one));
  const isWildcard = address === '::' || address === '0.0.0.0';
  return (other) => isWildcard || list.check(other, family(other));
}

async function findProcess(inode: string): Promise<PortHolder['process']> {
  const pace = createPace();
  for (const pid of processIds('/proc')) {
    let isOwner = false;
    await eachSocket(path.join('/proc', pid), pace, (one) => (isOwner = one === inode));
    if (isOwner) return { pid: Number(pid), name: readIfThere(path.join('/proc', pid, 'comm')).trim() };
  }
  return undefined;
}
