import type { GuestEndpoint } from '../drivers/container/driver.ts';
import type { ListeningPort } from './protocol.ts';

/** What the daemon knows of the guests, kept up by a subscription per running machine. Controllers see no more than this. */
export interface Guests {
  /** Begins (or goes on) to follow the guest behind that socket. A new `target` (machine) starts over. */
  follow(uid: string, guest: { endpoint: GuestEndpoint; target: string }): void;
  forget(uid: string): void;
  /** The last that was heard of it. Never blocks. */
  observe(uid: string): GuestObservation;
  /** Reports the uid whenever what `observe` says of it has changed. */
  watch(onChange: (uid: string) => void, signal: AbortSignal): void;
}

export interface GuestObservation {
  /** Whether it answers with the right handshake at this moment. */
  answering: boolean;
  /** Why it does not, for people. */
  message?: string;
  ports: ListeningPort[];
}
