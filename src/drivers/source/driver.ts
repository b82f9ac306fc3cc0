/** How a Workspace's clone is made, looked at and let go. */
export interface SourceDriver {
  /** Reads only. Never throws for what the user may have done to the directory. */
  observe(dir: string): Promise<CloneObservation>;
  /** The `identity` of what is there now, without asking git; undefined when nothing is. Cheap. */
  identify(dir: string): Promise<string | undefined>;
  /**
   * A full clone at `request.dir`: whole, or not there at all (it is made beside it and renamed into place).
   * Work of an interrupted earlier call is thrown away. An existing directory that is that repo is adopted.
   * @throws StalledError DirectoryTaken, StartPointNotFound, InvalidSource
   * @throws RetryError SourceUnreachable, CloneFailed
   */
  ensure(request: CloneRequest, options: CloneOptions): Promise<void>;
  /** What would be lost with the clone: everything that exists nowhere else. Fetches nothing. */
  unsaved(dir: string): Promise<UnsavedWork>;
  /**
   * Renames the clone to a trash inside `root`, looks there for unsaved work, and deletes it, or puts it back when work would be
   * lost. Follows no link, touches nothing outside `root`.
   */
  remove(dir: string, root: string): Promise<{ removed: true } | { removed: false; work: UnsavedWork }>;
}

export interface CloneRequest {
  workspace: string;
  project: string;
  source: { url?: string; path?: string; depth: number; submodules: boolean };
  branch: string;
  /** Where the branch starts when it exists nowhere yet; the source's default branch when left out. */
  from?: string;
  /** Absolute. Its parent is made when missing. */
  dir: string;
}

export interface CloneOptions {
  signal: AbortSignal;
  /** A line for people, as in `Receiving objects: 42%`. */
  onProgress(message: string): void;
}

export type CloneObservation =
  | { kind: 'missing' }
  /** Something is there that Dual did not make, or not a repo at all. */
  | { kind: 'foreign'; reason: string }
  | Clone;

export interface Clone {
  kind: 'clone';
  /** The Workspace that it was made for (`dual.workspace` in its own git config). Undefined: not made by Dual. */
  owner?: string;
  origin?: string;
  head?: string;
  branch?: string;
  dirty: boolean;
  /** Commits on any local branch that no remote-tracking branch has. */
  unpushed: number;
  /** Device and inode: tells this directory from another one that was put in its place later. */
  identity: string;
}

export interface UnsavedWork {
  /** Changed, staged and untracked files; ignored ones such as `.env.local` only when they are not what a tool makes again. */
  files: number;
  stashes: number;
  /** Commits reachable from local refs alone, squash-merged branches left out. */
  commits: number;
  /** One sentence, as in `2 changed files, 1 stash and 3 unpushed commits`. Empty when nothing would be lost. */
  summary: string;
}
