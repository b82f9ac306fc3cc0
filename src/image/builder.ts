/** What a repo needs, and how the image that gives it is made. */
export interface ImageBuilder {
  /**
   * Looks at the repo's files: pure apart from reading them, no engine, no network.
   * @throws StalledError UnknownVersion when the repo asks for what cannot be had
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
  /** With tag, as in `dual/lightfast:3f2a9c0d1e4b`. */
  ref: string;
  /** SHA-256, hex, over everything that the image depends on. */
  inputsHash: string;
  base: string;
  packages: string[];
  setup: string[];
  /** Exact version, resolved; undefined when the repo is no Node project. */
  node?: Tool;
  packageManager?: Tool & { name: 'npm' | 'pnpm' | 'yarn' };
}

export interface Tool {
  version: string;
  /** The file that caused it, relative to the repo, as in `.nvmrc`. */
  from: string;
}

export interface BuildOptions {
  signal: AbortSignal;
  /** As in `step 4/9: installing pnpm 9.15.4`. */
  onProgress(message: string): void;
}
