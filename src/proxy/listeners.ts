import { listenOnPort, type PortListener, type PortListenerOptions } from './port-listener.ts';
import type { PortResult } from './routes.ts';

/** The ports that are listened on. */
export interface Listeners {
  /** Listens on exactly these: what is new is tried at once, what is missing is let go. */
  use(ports: Set<number>): void;
  /** What has come of these ports, once each has been tried. */
  results(ports: number[]): Promise<PortResult[]>;
  close(): void;
}

type Options = Omit<PortListenerOptions, 'port' | 'onChange'> & {
  /** Called when the result of a port has changed by itself. */
  onChange(port: number): void;
};

export function createListeners(options: Options): Listeners {
  const listeners = new Map<number, PortListener>();
  const use = (ports: Set<number>): void => {
    for (const [port, listener] of listeners) {
      if (ports.has(port)) continue;
      listeners.delete(port);
      listener.close();
    }
    for (const port of ports) {
      if (listeners.has(port)) continue;
      listeners.set(port, listenOnPort({ ...options, port, onChange: () => options.onChange(port) }));
    }
  };
  return {
    use,
    async results(ports) {
      const found = ports.flatMap((port) => listeners.get(port) ?? []);
      await Promise.all(found.map((listener) => listener.tried));
      return found.map((listener) => listener.result());
    },
    close: () => use(new Set()),
  };
}
