import type { PaneSpec, Session, SessionSpec } from '../driver.ts';

/**
 * JSON, one message a line, over the session holder's unix socket. The holder speaks first: a Hello. Then comes one Request, and
 * one Reply to it. After that the connection ends, unless the request was to
 * - watch: a Changed for each change
 * - follow: Output, until the session goes; with `history` what was kept so far comes first, whole, in one History
 * - attach: AttachEvents, while the other side sends Keys
 */
export const PROTOCOL = 1;

export interface Hello {
  dual: 'sessions';
  /** Protocol versions that it speaks, oldest and newest. */
  protocols: [number, number];
  /** Version of Dual that the holder came with. */
  version: string;
  pid: number;
}

type Env = Record<string, string>;

/** Sessions are named by what the driver calls them; those of another install are not found. */
export type Request =
  | { op: 'list'; install: string }
  /** Replaces nothing. `env` is what every program gets, on top of it come the variables of the session. */
  | { op: 'create'; install: string; spec: SessionSpec; env: Env }
  | { op: 'add' | 'restart'; install: string; session: string; pane: PaneSpec; env: Env }
  | { op: 'remove'; install: string; session: string; pane: string }
  | { op: 'destroy' | 'detach'; install: string; session: string }
  /** Replied to with LogFiles, once all that the pane has shown is in them. */
  | { op: 'log'; install: string; session: string; pane: string }
  | { op: 'follow'; install: string; session: string; pane: string; history: boolean }
  | { op: 'watch'; install: string }
  /** Of any install: who can name the socket is its user. Replied to with Attached. */
  | ({ op: 'attach'; session: string } & Size);

export type Reply<T = unknown> = { ok: T } | { error: Refusal };

export interface Refusal {
  /**
   * NotFound: no such session or pane. Taken: the name is another install's. Ending: the holder is about to end, and another one
   * has to be started. Failed: anything else.
   */
  code: 'NotFound' | 'Taken' | 'Ending' | 'Failed';
  message: string;
}

export interface LogFiles {
  /** Paths, oldest first. Not all of them need be there. */
  files: string[];
}

export type SessionList = Session[];

export interface Changed {
  session: string;
}

export interface Size {
  rows: number;
  cols: number;
}

/** Base64 of the bytes that are in the log: all that was shown before the first Output. */
export interface History {
  history: string;
}

/** Base64 of the bytes that a program wrote, or how many bytes were left out because the reader was too slow. */
export type Output = { data: string } | { skipped: number };

/** What there is to attach to. A Shown follows. */
export interface Attached {
  session: string;
}

export type AttachEvent =
  /** The terminal shows another of the panes from now on, or the same one anew: `screen` is what to begin with, in Base64. */
  | { event: 'shown'; pane: string; panes: string[]; screen: string; exitCode?: number }
  | { event: 'output'; data: string }
  /** What ran in the pane on show has ended; `running` tells how many panes go on. */
  | { event: 'ended'; pane: string; exitCode: number; running: number }
  | { event: 'started'; pane: string }
  /** The last message: the session has ended, or this terminal was sent away. */
  | { event: 'gone'; because: 'ended' | 'detached' };

export type Keys =
  /** Base64. */
  | { input: string }
  | { resize: Size }
  /** A pane by its index, or one further on or back. */
  | { select: number | 'next' | 'previous' }
  /** Shows the pane anew. */
  | { redraw: true };

export function encode(message: unknown): string {
  return `${JSON.stringify(message)}\n`;
}
