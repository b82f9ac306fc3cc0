/** A TCP socket that listens, as in a row of /proc/net/tcp or /proc/net/tcp6. */
export interface ListeningSocket {
  port: number;
  /** Whether a connection to 127.0.0.1 or ::1 gets there. */
  reachable: boolean;
  /** Owner of the socket. */
  uid: number;
  /** Number of the socket, unique within the kernel. */
  inode: string;
}

/** sl: local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode ..., of state 0A, which is LISTEN. */
const ROW =
  /^\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} 0A \S+ \S+ \S+\s+(\d{1,10})\s+\d+ (\d{1,20}) /;

/** The engine's own name server in a network of several containers: nothing of the workspace's. 127.0.0.11 */
const ENGINE_DNS = '0B00007F';

/** 127.0.0.1, 0.0.0.0, and in IPv6 ::1, :: and these two mapped. In the kernel's words: four bytes each, little-endian. */
const REACHABLE = new Set([
  '0100007F',
  '00000000',
  '00000000000000000000000001000000',
  '00000000000000000000000000000000',
  '0000000000000000FFFF00000100007F',
  '0000000000000000FFFF000000000000',
]);

/** The rows of listening sockets. The heading, other states and anything malformed are left out. */
export function parseProcNet(text: string): ListeningSocket[] {
  return text.split('\n').flatMap((line) => parseRow(line) ?? []);
}

function parseRow(line: string): ListeningSocket | undefined {
  const [, address = '', hexPort = '', uid, inode = ''] = ROW.exec(line) ?? [];
  const port = parseInt(hexPort, 16);
  if (!(port > 0) || address === ENGINE_DNS) return undefined;
  return { port, reachable: REACHABLE.has(address), uid: Number(uid), inode };
}

/** Whether there are rows of other states in it: the listening ones come first (Linux, Documentation/networking/proc_net_tcp.rst). */
export function isPastListening(piece: string): boolean {
  return /:[0-9A-F]{4} (?!0A)[0-9A-F]{2} /.test(piece);
}

/** How many TCP sockets there are in any state, from /proc/net/sockstat or sockstat6; undefined when it does not say. */
export function tcpInUse(sockstat: string): number | undefined {
  const digits = /^TCP6?: inuse (\d+)/m.exec(sockstat)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** The newest process of this pid namespace, from /proc/loadavg: changes with every process or thread that starts. */
export function newestProcess(loadavg: string): string {
  return loadavg.trim().split(' ')[4] ?? '';
}
