import type { ContainerSpec } from '../driver.ts';

/** A program that gives a sandbox, which has a loopback of its own and nothing else, a way out. */
export interface NetworkHelper {
  /** `pasta` or `slirp4netns`. */
  readonly name: string;
  /** What /etc/resolv.conf must say inside, from what the host's says. */
  resolvConf(host: string): string;
  /**
   * Gives a running sandbox (host pid of its pid 1) a way out. Records what it starts in `dir`, so that any later daemon can end it;
   * `slirp4netns` ends by itself when nothing has the FIFO `alive` in `dir` open for writing any more.
   * @throws RetryError
   */
  attach(target: { pid: number; dir: string }): Promise<void>;
}

export interface Network {
  /** The helper, or why there is none and what adds one (for people). Asked at every start, and looked for anew. */
  find(): Promise<{ helper: NetworkHelper } | { notice: string }>;
  /** Ends what any helper's attach started there, whichever is found now. Nothing to do when there is none. */
  detach(dir: string): Promise<void>;
}

export interface LimitsGrant {
  /** Directory of a cgroup made for it, to be entered by the launcher writing its pid to cgroup.procs. */
  cgroup?: string;
  /** For prlimit --nproc inside. */
  processes?: number;
  /** What is not enforced, and why. */
  notices: string[];
}

export interface Limits {
  /** What can be enforced of these resources, ready to be entered. */
  grant(name: string, resources: ContainerSpec['resources']): Promise<LimitsGrant>;
  /** Takes the cgroup away once its processes are gone. */
  release(name: string): Promise<void>;
}
