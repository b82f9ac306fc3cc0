/**
 * What a repo needs, and how that which gives it is made: an image of its own, or for machines on the host's file system a directory of
 * tools.
 */
export interface ImageBuilder {
  /**
   * Detects what the repo's files ask for (pure, over their text), and resolves versions to exact ones (a cached list from the
   * npm registry). Asks no engine. Cheap enough for every reconcile.
   * @throws StalledError UnknownVersion when the repo asks for what cannot be had  @throws RetryError when the registry is needed and away
   */
  plan(request: ImageRequest): Promise<ImagePlan>;
  /** Whether the image is there. Reads only. */
  exists(plan: ImagePlan): Promise<boolean>;
  /**
   * Builds it.
   * @throws StalledError BuildFailed (the last lines of its log in the message), BaseImageMissing  @throws RetryError
   */
  build(plan: ImagePlan, options: BuildOptions): Promise<void>;
}

export interface ImageRequest {
  project: string;
  /** The clone, as an absolute path. Its contents are hostile. */
  worktree: string;
  base: string;
  packages: string[];
  setup: string[];
}

export interface ImagePlan {
  project: string;
  /** An image's name with tag, as in `dual/lightfast:3f2a9c0d1e4b`; or the absolute path of the directory of tools. */
  ref: string;
  /** SHA-256, hex, over everything that the image depends on. */
  inputsHash: string;
  base: string;
  packages: string[];
  setup: string[];
  tools: Tool[];
  /** What the repo or the Project asks for and a machine made from this will not have. */
  lacking: Lack[];
}

/** Something that is asked for and cannot be provided. */
export interface Lack {
  /** As in `PostgreSQL`. */
  what: string;
  /** What asked for it, as in `compose.yaml, service db`. */
  cause: string;
  /** What the user can do, as in `install it on this machine: sudo apt-get install postgresql`. */
  remedy: string;
}

/** Something of an exact version that the image provides, as `node` 22.11.0 or `pnpm` 9.15.4. */
export interface Tool {
  name: 'node' | 'npm' | 'pnpm' | 'yarn';
  version: string;
  /** The file that caused it, relative to the repo, as in `.nvmrc`. */
  cause: string;
}

export interface BuildOptions {
  signal: AbortSignal;
  /** As in `step 4/9: installing pnpm 9.15.4`. */
  onProgress(message: string): void;
}
