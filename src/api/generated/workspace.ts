// Generated from crds/dual.dev_workspaces.yaml by `npm run generate`. Do not edit.

export interface WorkspaceSpec {
  /**
   * The name of the Project.
   */
  project: string;
  /**
   * The branch, by the rules of `git check-ref-format --branch`. Followed when the source has it, started from `from` otherwise.
   */
  branch: string;
  /**
   * The branch, tag or commit where the branch starts when it exists nowhere yet. The source's default branch when left out.
   */
  from?: string;
  /**
   * Lazy is made real on first use.
   */
  state: 'Running' | 'Stopped' | 'Lazy';
  /**
   * What becomes of the clone when the Workspace is deleted. Retain keeps it, and it is adopted again when the Workspace comes back. Delete removes it, unless it holds work that exists nowhere else.
   */
  deletionPolicy: 'Retain' | 'Delete';
}

export interface WorkspaceStatus {
  observedGeneration?: number;
  /**
   * For display only; the conditions are the truth.
   */
  phase?: 'Pending' | 'Cloning' | 'Building' | 'Starting' | 'Ready' | 'Degraded' | 'Stopped' | 'Lazy' | 'Terminating';
  conditions?: {
    type: string;
    status: 'True' | 'False' | 'Unknown';
    reason: string;
    message: string;
    lastTransitionTime: string;
    observedGeneration?: number;
  }[];
  clone?: {
    /**
     * Where the clone is.
     */
    path?: string;
    /**
     * The commit that is checked out. Left out on an unborn branch.
     */
    head?: string;
    /**
     * The branch that is checked out. Left out when detached.
     */
    branch?: string;
    /**
     * Whether there are changed or untracked files.
     */
    dirty?: boolean;
    /**
     * How many commits of any local branch the remote does not have.
     */
    unpushed?: number;
  };
  /**
   * Left out where the machine has the host's own file system.
   */
  image?: {
    ref?: string;
    /**
     * SHA-256 over everything that the image depends on.
     */
    inputsHash?: string;
  };
  container?: {
    /**
     * docker or sandbox. The condition ContainerReady tells why.
     */
    driver?: string;
    id?: string;
    name?: string;
    startedAt?: string;
    /**
     * How often Dual had to start it again.
     */
    restarts?: number;
  };
  session?: {
    /**
     * tmux or basic.
     */
    backend?: string;
    name?: string;
    state?: 'Attached' | 'Background' | 'Stopped';
    panes?: {
      name: string;
      running: boolean;
      exitCode?: number | null;
      restarts?: number;
    }[];
  };
  /**
   * The Workspace's own loopback address, on which its ports are reached as plain TCP.
   */
  address?: string;
  ports?: {
    port: number;
    name?: string;
    protocol: 'http' | 'tcp';
    /**
     * The name of the process that listens.
     */
    process?: string;
    listening: boolean;
    /**
     * Whether it is reached as its protocol says: http at the URL, tcp at the Workspace's own address.
     */
    routed: boolean;
    /**
     * Left out where protocol is tcp.
     */
    url?: string;
    /**
     * Where it is reached as plain TCP, as in 127.77.12.5:5432. Left out where it is not.
     */
    tcp?: string;
    /**
     * Why it is not routed.
     */
    reason?: string;
    /**
     * What is wrong: why it is not routed, or why it is not reached as plain TCP.
     */
    message?: string;
  }[];
}
