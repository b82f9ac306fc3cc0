import { once } from 'node:events';
import type { Log } from '../../../log/log.ts';
import type { HolderClient } from './client.ts';
import { HolderGone } from './connection.ts';
import type { Changed } from './protocol.ts';

export interface WatchOptions {
  client: HolderClient;
  install: string;
  /** `contact` is dispatched whenever a holder has answered. */
  contacts: EventTarget;
  onChange(name: string | undefined): void;
  signal: AbortSignal;
  log: Log;
}

/**
 * Passes on what the holder reports, for as long as there is one; its end as well, since all sessions end with it. A new one is
 * started by whoever wants a session, and is watched once it has answered.
 */
export async function watchHolder({ client, install, contacts, onChange, signal, log }: WatchOptions): Promise<void> {
  while (!signal.aborted) {
    const contact = once(contacts, 'contact', { signal }).catch(() => undefined);
    let wasThere = false;
    const onReply = (): void => {
      wasThere = true;
      // Nobody has told what happened before.
      onChange(undefined);
    };
    try {
      for await (const { session } of client.stream<Changed>({ op: 'watch', install }, signal, onReply))
        onChange(session);
    } catch (error) {
      if (!(error instanceof HolderGone)) log.warn({ err: error }, 'terminal sessions cannot be watched');
    }
    if (signal.aborted) return;
    if (wasThere) onChange(undefined);
    await contact;
  }
}
