/** What stands in front of PATH on the host for a Workspace, and routes commands into its machine. Survives the daemon. */
export interface Shims {
  /** Whether they are as they should be and were made for that run of the machine. Reads only. */
  observe(spec: ShimsSpec): Promise<boolean>;
  /**
   * Makes them, or brings them up to date: which programs there are is asked of the machine.
   * @throws WaitingError while the machine takes no commands  @throws StalledError when a path cannot be written down
   */
  ensure(spec: ShimsSpec): Promise<void>;
  /** Environment of a pane on the host, on top of the login shell's. */
  environment(spec: ShimsSpec): Promise<Record<string, string>>;
  /** Nothing to do when there are none. */
  remove(uid: string): Promise<void>;
  /** Removes those of every other Workspace. */
  removeAllBut(uids: readonly string[]): Promise<void>;
}

/** Plain data. Paths are absolute. */
export interface ShimsSpec {
  uid: string;
  workspace: string;
  worktree: string;
  /** Beside the worktree: what the machine has of the host's, under the same paths. */
  visible: string[];
  /** On top of the default routing table: names of commands. */
  commands: { container: string[]; host: string[] };
  /** Of commands inside and of panes on the host alike. */
  env: Record<string, string>;
  /** Tells one run of the machine from the next: another one may have other programs. */
  machine: string;
}
