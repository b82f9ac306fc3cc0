import type { ListeningPort } from './protocol.ts';

/** What the daemon knows of the guests, kept up by a subscription per running machine. Controllers see no more than this. */
export interface Guests {
  /** Begins (or goes on) to follow the guest behind that socket. A new `target` (machine) starts over. */
  follow(uid: string, guest: { socket: string; target: string }): void;
  forget(uid: string): void;
  /** The last that was heard of it. Never blocks. */
  observe(uid: string): GuestObservation;
}

export interface GuestObservation {
  /** Whether it answers with the right handshake at this moment. */
  answering: boolean;
  /** Why it does not, for people. */
  message?: string;
  ports: ListeningPort[];
}
