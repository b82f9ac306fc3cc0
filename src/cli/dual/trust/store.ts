import type { Authority } from '../../../proxy/tls/authority.ts';

/** Program and arguments. */
export type Command = readonly string[];

/** `partial`: something of it is there, and it is not trusted, or nobody can tell. */
export type Presence = 'absent' | 'partial' | 'trusted';

/** One of the places where this machine's programs look up whom they trust. */
export interface TrustStore {
  /** For people: `the system's store (/usr/local/share/ca-certificates)`. */
  readonly name: string;
  /** Whether its commands have to be run by root. */
  readonly needsRoot: boolean;
  /** What has to be installed before anything can be done with it. */
  readonly lacks?: { program: string; install: string };
  /** Looks only. */
  observe(authority: Authority): Promise<Presence>;
  /** What puts the authority into it; nothing of it may be there. */
  add(authority: Authority): Command[];
  /** What takes it out again. */
  remove(authority: Authority): Command[];
}
