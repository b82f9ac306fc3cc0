import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '../../clock/clock.ts';
import type { Log } from '../../log/log.ts';
import { readAuthority, readIssuer } from './authority.ts';
import { caFilesStamp } from './ca-files.ts';
import { createIdentities, type Identities } from './identities.ts';
import { terminate } from './terminate.ts';

/** HTTPS on the ports that are served anyway, while there is an authority to sign for it. */
export interface Tls {
  /** Whether there is one now: cheap enough to be asked for every connection that begins like TLS (0x16). */
  enabled(): boolean;
  /** See terminate.ts for what the two sockets are to each other. @throws Error when it is not enabled */
  terminate(socket: Socket, first: Buffer): TLSSocket;
}

export interface TlsOptions {
  /** Of the authority's files. */
  dir: string;
  clock: Clock;
  log: Log;
}

interface Loaded {
  /** Of the files that were read. */
  stamp: string | undefined;
  /** Undefined when there are none, or none that can be used. */
  identities: Identities | undefined;
}

/** Looks at the files each time, so that `dual trust` and `dual trust --remove` need not tell a proxy that runs. */
export function createTls({ dir, clock, log }: TlsOptions): Tls {
  let loaded: Loaded = { stamp: undefined, identities: undefined };

  function look(): Identities | undefined {
    const stamp = stampOf(dir);
    if (stamp !== loaded.stamp) loaded = { stamp, identities: stamp === undefined ? undefined : load() };
    return loaded.identities;
  }
  function load(): Identities | undefined {
    try {
      const authority = readAuthority(dir);
      if (!authority) return undefined;
      const identities = createIdentities(readIssuer(dir, authority), clock);
      log.info({ authority: authority.name }, 'serving https');
      return identities;
    } catch (error) {
      log.warn({ problem: (error as Error).message }, 'https cannot be served');
      return undefined;
    }
  }

  return {
    enabled: () => look() !== undefined,
    terminate(socket, first) {
      const identities = loaded.identities ?? look();
      if (!identities) throw new Error(`there is no certificate authority in ${dir}`);
      return terminate(socket, first, { identities, clock, log });
    },
  };
}

/** Whoever may not look into the directory may not serve from it either. */
function stampOf(dir: string): string | undefined {
  try {
    return caFilesStamp(dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return undefined;
    throw error;
  }
}
