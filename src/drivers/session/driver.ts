/** How a Workspace's terminal session is held. Survives the daemon. */
export interface SessionDriver {
  /** As in `status.session.backend`. */
  readonly name: string;
  probe(): Promise<{ available: boolean; message: string }>;
  /** Every session of this install, by label. Reads only. An absent server is an empty list. */
  listSessions(): Promise<Session[]>;
  /** One session, or undefined. Reads only. */
  getSession(name: string): Promise<Session | undefined>;
  isAlive(name: string): Promise<boolean>;
  /** Makes it with all panes started. Replaces nothing: an existing one is left as it is. */
  createSession(spec: SessionSpec): Promise<void>;
  /** Adds a pane to a session that lacks it, and starts it. */
  addPane(session: string, pane: PaneSpec): Promise<void>;
  /** Ends what runs in that pane, if anything does, and starts it again with what the spec says now. */
  restartPane(session: string, pane: PaneSpec): Promise<void>;
  /** Ends what runs in it and takes it away; the last pane of a session stays. */
  removePane(session: string, pane: string): Promise<void>;
  /** Ends every process in it. Nothing to do when there is none. */
  destroy(name: string): Promise<void>;
  /** What a person's terminal has to run to be in the session. The caller gives it the terminal. */
  attach(name: string): AttachCommand;
  /** Detaches every terminal. */
  detach(name: string): Promise<void>;
  /** The last lines that a pane has shown, oldest first, without escape sequences. */
  capture(session: string, pane: string, lines: number): Promise<string>;
  /**
   * What a pane shows from now on, until the signal. With `lines` that many of those before come first, and nothing is left out or
   * comes twice in between; a line that has not ended yet comes when it has.
   */
  follow(session: string, pane: string, signal: AbortSignal, lines?: number): AsyncIterable<string>;
  /** Reports a session's name whenever a pane ends, a session goes, or a terminal comes or leaves; undefined = anything may have changed. */
  watch(onChange: (name: string | undefined) => void, signal: AbortSignal): void;
}

export interface AttachCommand {
  file: string;
  args: string[];
  env: Record<string, string>;
}

export interface SessionSpec {
  /** Also the session's name with the backend. */
  name: string;
  owner: { uid: string; workspace: string; project: string };
  /** Where panes start. */
  cwd: string;
  env: Record<string, string>;
  /** What a shell that a person opens in the session is started as; without it, or empty, the login shell as it is. */
  shell?: string[];
  panes: PaneSpec[];
  /** Changes when the session as a whole is no longer fit for use (another directory at the same path). */
  specHash: string;
}

export interface PaneSpec {
  name: string;
  /** An argument array; empty means the user's login shell, interactive. */
  command: string[];
  /** Kept with the pane: the machine that it was started for. Empty for panes on the host. */
  target: string;
  /** Kept with the pane: changes when its command does. */
  specHash: string;
}

export interface Session {
  name: string;
  owner: { uid: string; workspace: string; project: string };
  specHash: string;
  /** How many terminals are attached. */
  attached: number;
  panes: PaneState[];
}

export interface PaneState {
  name: string;
  running: boolean;
  /** Of the command, when it has ended; 128 + signal when killed. */
  exitCode?: number;
  /** Milliseconds since the epoch when it ended. */
  endedAt?: number;
  target: string;
  specHash: string;
  /** How often restartPane was called on it since the session was made. */
  restarts: number;
}
