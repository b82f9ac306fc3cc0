/**
 * How a Workspace's machine is run. Plain data in and out; every operation is idempotent and touches only what carries
 * this install's labels.
 */
export interface ContainerDriver {
  /** As in `status.container.driver`. */
  readonly name: string;
  /** What a machine's file system is: an image's, or the host's own with a directory of tools laid over /usr/local. */
  readonly root: Root;
  /** Whether the engine answers, and what to do when it does not. Never throws. */
  probe(): Promise<EngineProbe>;
  /** The machine of that owner, found by label. Reads only. */
  inspect(uid: string): Promise<Container | undefined>;
  /** Every machine of this install. Reads only. */
  list(): Promise<Container[]>;
  /**
   * Makes it when it is missing, makes it anew when its `specHash` differs, and starts it. Does not wait for the guest.
   * @throws StalledError NameTaken, MountMissing  @throws RetryError DriverUnavailable, ContainerFailed
   */
  ensure(spec: ContainerSpec): Promise<Container>;
  /** Ends what runs in it (SIGTERM, then SIGKILL), and keeps it. Nothing to do when there is none. */
  stop(uid: string): Promise<void>;
  /** Stops and removes it. Nothing to do when there is none. */
  remove(uid: string): Promise<void>;
  /** Reports the uid whenever a machine of this install starts, dies or goes; undefined = anything may have changed (reconnected). */
  watch(onChange: (uid: string | undefined) => void, signal: AbortSignal): void;
}

export type Root = 'image' | 'host';

export interface EngineProbe {
  available: boolean;
  /** For people: version, or why not and what to do. */
  message: string;
}

export interface Owner {
  uid: string;
  workspace: string;
  project: string;
}

export interface ContainerSpec {
  owner: Owner;
  /** Name with the engine, as in `dual-lightfast-feat-auth`. */
  name: string;
  hostname: string;
  /** The `ref` of its ImagePlan: an image's name, or with root `host` the path of the directory of tools. */
  image: string;
  /** The clone: bind-mounted at the same path. */
  worktree: string;
  /** Tells this worktree from another one at the same path; part of the hash, since a bind mount follows the old one. */
  worktreeIdentity: string;
  mounts: { path: string; readOnly: boolean }[];
  /** What /tmp is inside: the host's, less the sockets that are there when it starts, or the machine's own. */
  tmp: 'shared' | 'private';
  env: Record<string, string>;
  resources: { cpus?: string; memory?: string; pids: number };
  user: User;
  /** The shared directory on the host in which the guest makes its socket; private to this workspace. */
  guestDir: string;
  /** containerSpecHash of all of the above; kept with the machine as a label. */
  specHash: string;
}

/** The host's user, under whom commands run inside. */
export interface User {
  uid: number;
  gid: number;
  name: string;
  home: string;
}

export interface Container {
  owner: Owner;
  id: string;
  name: string;
  running: boolean;
  /** RFC 3339. */
  startedAt?: string;
  /** Of the last run, when it is not running. */
  exitCode?: number;
  /** Why it does not run, when the engine knows. */
  error?: string;
  specHash: string;
  /** What of the spec does not hold here, and why, for people; as in `outgoing network: none, since ...`. Stable in wording and order. */
  notices: string[];
  guest: GuestEndpoint;
}

/** Where the guest of a machine is reached from the host. */
export interface GuestEndpoint {
  /** Path of its unix socket. */
  socket: string;
}
