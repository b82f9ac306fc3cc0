import type { Front } from './front.ts';
import { listenOnPort, type PortListener, type PortListenerOptions } from './port-listener.ts';
import type { PortResult } from './routes.ts';

/** Something to listen on, and what serves it. */
export interface ListenSpec extends Pick<PortListenerOptions, 'port' | 'addresses' | 'isOwn'> {
  createFront(): Front;
}

/** The ports that are listened on, by a key that tells one thing to listen on from another. */
export interface Listeners {
  /** Listens on exactly these: what is new is tried at once, what is missing is let go. */
  use(specs: ReadonlyMap<string, ListenSpec>): void;
  /** What has come of these, once each has been tried. */
  results(keys: readonly string[]): Promise<PortResult[]>;
  close(): void;
}

type Options = Pick<PortListenerOptions, 'clock' | 'retryAfter'> & {
  /** Called when the result of one has changed by itself. */
  onChange(key: string): void;
};

export function createListeners({ clock, retryAfter, onChange }: Options): Listeners {
  const listeners = new Map<string, { listener: PortListener; front: Front }>();

  function listen(key: string, { port, addresses, isOwn = false, createFront }: ListenSpec): void {
    const front = createFront();
    const createServer = (): ReturnType<Front['createServer']> => front.createServer();
    const listener = listenOnPort({
      ...{ port, addresses, isOwn, createServer, clock, retryAfter },
      onChange: () => onChange(key),
    });
    listeners.set(key, { listener, front });
  }

  const use = (specs: ReadonlyMap<string, ListenSpec>): void => {
    for (const [key, { listener, front }] of listeners) {
      if (specs.has(key)) continue;
      listeners.delete(key);
      listener.close();
      front.close();
    }
    for (const [key, one] of specs) if (!listeners.has(key)) listen(key, one);
  };
  return {
    use,
    async results(keys) {
      const found = keys.flatMap((key) => listeners.get(key)?.listener ?? []);
      await Promise.all(found.map((listener) => listener.tried));
      return found.map((listener) => listener.result());
    },
    close: () => use(new Map()),
  };
}
