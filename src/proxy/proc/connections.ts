import { encodeAddress, unmapped } from './address.ts';
import type { Pace } from './pace.ts';
import { readTables } from './tables.ts';

/** Of a socket of ours, as node:net names its ends. */
export interface Connection {
  remoteAddress: string;
  remotePort: number;
  localAddress: string;
  localPort: number;
}

/**
 * Inodes of the sockets at the other ends, in the order of the connections: undefined where that is not on this machine, or not this
 * user's, or let go of already.
 */
export async function findPeers(
  procDir: string,
  connections: readonly Connection[],
  pace: Pace,
): Promise<(string | undefined)[]> {
  const starts = connections.map(startsOfRow);
  const inodes = new Map<string, string | undefined>(starts.flat().map((start) => [start, undefined]));
  for (const row of (await readTables(procDir)).join('').split('\n')) {
    const start = ROW_START.exec(row)?.[1] ?? '';
    if (inodes.has(start)) inodes.set(start, ownInode(row));
    if (pace.isDue()) await pace.rest();
  }
  return starts.map((ours) => ours.map((start) => inodes.get(start)).find((inode) => inode !== undefined));
}

/** sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode */
const ROW_START = /^\s*\d+: (\S+ \S+)/;

function ownInode(row: string): string | undefined {
  const [, , , , , , , uid, , inode] = row.trim().split(/\s+/, 10);
  return uid === String(process.geteuid?.()) && inode !== '0' ? inode : undefined;
}

/** How its row begins: its own end is our remote one. A client may reach an IPv4 address by a socket of IPv6. */
function startsOfRow({ remoteAddress, remotePort, localAddress, localPort }: Connection): string[] {
  const [client, server] = [unmapped(remoteAddress), unmapped(localAddress)];
  const at = (address: string, port: number, mapped: boolean): string =>
    `${encodeAddress(address, mapped)}:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return [false, true].map((mapped) => `${at(client, remotePort, mapped)} ${at(server, localPort, mapped)}`);
}
