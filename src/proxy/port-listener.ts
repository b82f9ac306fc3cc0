import type { Server } from 'node:net';
import { REASON } from '../api/conditions.ts';
import type { Clock } from '../clock/clock.ts';
import { bind, type Binding, type BindFailure } from './bind.ts';
import type { PortResult } from './routes.ts';

/** Listens on one port of every address, for as long as it takes to get it. */
export interface PortListener {
  /** What has come of it so far. */
  result(): PortResult;
  /** Settles once every address has been tried. */
  readonly tried: Promise<void>;
  /** Lets go of the port; requests under way are still answered. */
  close(): void;
}

export interface PortListenerOptions {
  port: number;
  addresses: string[];
  /** Whether the address is a workspace's own, which no configuration has chosen. */
  isOwn?: boolean;
  /** Makes a server that does not listen yet. */
  createServer(): Server;
  clock: Clock;
  /** Milliseconds from one try to the next. */
  retryAfter: number;
  /** Called when the result has changed after the first try. */
  onChange(): void;
}

export function listenOnPort(options: PortListenerOptions): PortListener {
  const bindings = new Map<string, Binding>();
  let closed = false;
  let cancelRetry = (): void => undefined;

  const tryAddress = async (address: string): Promise<void> => {
    const previous = bindings.get(address);
    if (isBound(previous)) return;
    const binding = await bind(
      options.createServer(),
      { address, port: options.port, isOwn: options.isOwn === true },
      previous,
    );
    bindings.set(address, binding);
    if (closed) release(binding);
  };
  const tryAll = async (): Promise<void> => {
    await Promise.all(options.addresses.map(tryAddress));
    const missing = [...bindings.values()].some((binding) => !isBound(binding));
    if (missing && !closed) cancelRetry = options.clock.after(options.retryAfter, () => void tryAgain());
  };
  const tryAgain = async (): Promise<void> => {
    const before = JSON.stringify(summarise(options, bindings));
    await tryAll();
    if (!closed && JSON.stringify(summarise(options, bindings)) !== before) options.onChange();
  };

  return {
    result: () => summarise(options, bindings),
    tried: tryAll(),
    close() {
      closed = true;
      cancelRetry();
      for (const binding of bindings.values()) release(binding);
    },
  };
}

function isBound(binding: Binding | undefined): binding is { server: Server } {
  return typeof binding === 'object' && 'server' in binding;
}

function release(binding: Binding): void {
  if (isBound(binding)) binding.server.close();
}

/** A port is listened on when every address that this machine has could be bound: a browser may take either one. */
function summarise({ port, addresses }: PortListenerOptions, bindings: Map<string, Binding>): PortResult {
  const bound: string[] = [];
  const failures: BindFailure[] = [];
  for (const address of addresses) {
    const binding = bindings.get(address) ?? 'absent';
    if (isBound(binding)) bound.push(address);
    else if (binding !== 'absent') failures.push(binding.failure);
  }
  const [first] = failures;
  if (first) {
    const still = bound.length > 0 ? `; until then only ${bound.join(' and ')} is served` : '';
    return {
      port,
      listening: false,
      reason: first.reason,
      message: `${failures.map((one) => one.message).join('; ')}${still}`,
    };
  }
  if (bound.length > 0) return { port, listening: true };
  const message = `this machine has none of the addresses of proxy.listen in config.yaml to listen on port ${port}`;
  return { port, listening: false, reason: REASON.proxyUnavailable, message };
}
