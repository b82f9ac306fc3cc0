/** What an instance has made outside of its own files, looked at and broken from outside. */
export interface Parts {
  /** Ids of its machines, of those that do not run too. */
  machines(all: boolean): string[];
  /** kill -9, behind Dual's back. */
  killMachine(id: string): void;
  /** Takes it away whole, behind Dual's back. */
  destroyMachine(id: string): void;
  /** Names of its sessions. */
  sessions(): Promise<string[]>;
  /** Ends what holds its sessions, behind Dual's back. */
  killSessions(): Promise<void>;
  /** Ends and removes everything. Throws while something is left. */
  cleanUp(): Promise<void>;
}
