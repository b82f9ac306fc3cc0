/**
 * HTTP/1.1 over the socket that a machine shares with the host.
 *
 * - `GET /v1` → Hello. Comes first on every connection pool: whatever else answers there is dropped.
 * - `CONNECT localhost:PORT` → a raw tunnel; dials 127.0.0.1, then ::1. 502 when neither answers.
 * - `GET /v1/ports` → one PortsMessage a line: the whole list at once, then again whenever it changes, and the same
 *   list at least every 30 s as a sign of life.
 * - `GET /v1/exec`, `Upgrade: dual-exec` → 101, then frames both ways (src/guest/frames.ts); the first frame from the client is the
 *   ExecRequest. The command's process group dies with the connection.
 * - `GET /v1/mux`, `Upgrade: dual-mux` → 101, then many tunnels over this one connection (src/guest/mux/wire.ts).
 */
export const PROTOCOL = 1;

/** On every answer of a guest, with its version: a tunnel or a command is opened only to what carries it. */
export const GUEST_HEADER = 'dual-guest';

/** What a command's connection is upgraded to. */
export const EXEC_UPGRADE = 'dual-exec';

export interface Hello {
  dual: 'guest';
  /** Protocol versions that it speaks, oldest and newest: a guest outlives an upgrade of Dual. */
  protocols: [number, number];
  /** Version of Dual that the guest came with. */
  version: string;
  pid: number;
}

export interface ListeningPort {
  port: number;
  /** Whether something listens on a loopback or wildcard address, so that the tunnel reaches it. */
  reachable: boolean;
  /** Name of the process, as in `/proc/PID/comm`; empty when it cannot be told. */
  process: string;
  pid?: number;
}

export interface PortsMessage {
  ports: ListeningPort[];
}

export interface ExecRequest {
  argv: string[];
  cwd: string;
  env: Record<string, string>;
  umask: number;
  /** Present: the command gets a terminal of that size. */
  tty?: { rows: number; cols: number; term: string };
}

/** How a command ended, so that the caller can end the same way. */
export type ExecResult =
  | { code: number }
  /** As in `SIGTERM`. */
  | { signal: string }
  /** It could not be started: 127 for ENOENT, 126 for the others, as a shell has it. */
  | { failed: 'ENOENT' | 'EACCES' | 'ENOTDIR' | 'E2BIG'; message: string };

/** What is taken of a ports message; more, or anything else, is dropped, since guests are hostile. */
export const MAX_PORTS = 256;
export const MAX_PROCESS_NAME = 64;
