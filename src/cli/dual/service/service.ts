/** What starts the daemon when the user logs in. */
export interface Service {
  /** For people: `systemd user unit dual.service`. */
  readonly description: string;
  /** The file that declares it. Absolute. */
  readonly file: string;
  /** Writes the file and starts the daemon by it. Replaces an earlier one. Gives hints for the user, one a line. */
  install(): Promise<string[]>;
  /** Undoes `install`: the daemon that it runs ends too. False when there was nothing to undo. */
  uninstall(): Promise<boolean>;
}

/** What the service has to run, and how. */
export interface ServiceSpec {
  /** Program and arguments; the program is an absolute path. */
  command: string[];
  /** Set for the daemon, on top of what the service manager gives. */
  env: Record<string, string>;
  /** Short id when DUAL_HOME is set, so that two instances have a service each. */
  instance?: string;
  home: string;
  /** File that gets what the daemon prints. Its directory has to be there. */
  log: string;
}
