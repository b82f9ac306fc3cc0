/**
 * HTTP/1.1 over the socket that a machine shares with the host.
 *
 * - `GET /v1` → Hello. Comes first on every connection pool: whatever else answers there is dropped.
 * - `CONNECT localhost:PORT` → a raw tunnel; dials 127.0.0.1, then ::1. 502 when neither answers.
 * - `GET /v1/ports` → one PortsMessage a line: the whole list at once, then again whenever it changes, and `{}`-free heartbeats
 *   (the same list) at least every 30 s.
 * - `GET /v1/exec`, `Upgrade: dual-exec`, the request as JSON, base64url, in header `x-exec` → 101, then frames both ways
 *   (src/guest/frames.ts). The command's process group dies with the connection.
 */
export const PROTOCOL = 1;

export interface Hello {
  dual: 'guest';
  protocol: number;
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
  /** Present: the command gets a terminal of that size. */
  tty?: { rows: number; cols: number; term: string };
}

/** `code` is the exit code, 128 + signal when a signal ended it, 126/127 as a shell has them when it could not be started. */
export interface ExecResult {
  code: number;
  message?: string;
}
