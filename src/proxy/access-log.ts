/** One request, as it is told to whoever follows the access log. */
export interface AccessEntry {
  /** When its answer was complete, RFC 3339. */
  time: string;
  /** Undefined when the Host was no workspace's. */
  workspace?: string;
  port: number;
  client: string;
  /** `TCP` for a plain connection. */
  method: string;
  target: string;
  host: string;
  /** Undefined when none came. */
  status?: number;
  /** Milliseconds. */
  duration: number;
  /** Bytes from and to the client, heads included. */
  bytesIn: number;
  bytesOut: number;
  /** Where the answer is the proxy's own, or the exchange was cut off: why. */
  note?: string;
}

/** Requests are told only while somebody listens; nobody pays for it otherwise. */
export interface AccessLog {
  /** Whether anybody listens. */
  readonly active: boolean;
  record(entry: AccessEntry): void;
  /** @returns how to stop it */
  follow(onEntry: (entry: AccessEntry) => void): () => void;
}

export function createAccessLog(): AccessLog {
  const followers = new Set<(entry: AccessEntry) => void>();
  return {
    get active() {
      return followers.size > 0;
    },
    record(entry) {
      for (const follower of followers) follower(entry);
    },
    follow(onEntry) {
      followers.add(onEntry);
      return () => void followers.delete(onEntry);
    },
  };
}
