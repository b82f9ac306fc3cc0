import { isIPv6, type Server } from 'node:net';
import { REASON } from '../api/conditions.ts';
import { findPortHolder, type PortHolder } from './port-holder.ts';

/** Why an address is not listened on. */
export interface BindFailure {
  reason: string;
  /** Without a full stop. */
  message: string;
  /** Who has the port, when that is why and it can be told. */
  holder?: PortHolder;
}

/** `absent`: this machine does not have that kind of address, so nobody can ask for it either. */
export type Binding = { server: Server } | { failure: BindFailure } | 'absent';

export interface Place {
  address: string;
  port: number;
  /** Whether it is a workspace's own address, which no configuration has chosen. */
  isOwn?: boolean;
}

/** Has a server listen on one address and port. Never throws: what is in the way is the result. */
export async function bind(server: Server, place: Place, previous?: Binding): Promise<Binding> {
  try {
    await listen(server, place);
    return { server };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EAFNOSUPPORT' || (code === 'EADDRNOTAVAIL' && place.address === '::1')) return 'absent';
    if (code === 'EADDRINUSE') return { failure: await taken(place, holderIn(previous)) };
    return { failure: explain(error as NodeJS.ErrnoException, place) };
  }
}

function listen(server: Server, { address, port }: Place): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: address, port, ipv6Only: isIPv6(address), exclusive: true }, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}

function explain({ code, message }: NodeJS.ErrnoException, { address, port, isOwn }: Place): BindFailure {
  const where = `port ${port} on ${address}`;
  if (code === 'EACCES') {
    const remedy = `sudo sysctl net.ipv4.ip_unprivileged_port_start=${port}`;
    return {
      reason: REASON.portForbidden,
      message: `${where} may not be listened on by this user; allow it with: ${remedy}`,
    };
  }
  if (code === 'EADDRNOTAVAIL' && isOwn) {
    const remedy = `add it, as in: sudo ifconfig lo0 alias ${address}`;
    return { reason: REASON.noAddress, message: `this machine has no address ${address} for plain TCP; ${remedy}` };
  }
  if (code === 'EADDRNOTAVAIL') {
    const remedy = 'change proxy.listen in config.yaml, or add the address';
    return { reason: REASON.portForbidden, message: `this machine has no address ${address} to listen on; ${remedy}` };
  }
  return { reason: REASON.proxyUnavailable, message: `${where} cannot be listened on: ${message}` };
}

/** Name that the proxy gives its own process. At most 15 characters, which is what the kernel keeps. */
export const PROCESS_NAME = 'dual-proxy';

async function taken({ address, port, isOwn }: Place, known: PortHolder | undefined): Promise<BindFailure> {
  const where = `port ${port} on ${address}`;
  try {
    // One that cannot be seen is on its way out, as a rule: not worth a report of its own.
    const holder = (await findPortHolder(address, port, known)) ?? known;
    return {
      reason: REASON.portTaken,
      message: `${where} is held by ${describe(holder, isOwn)}`,
      ...(holder && { holder }),
    };
  } catch (error) {
    const { message } = error as Error;
    return {
      reason: REASON.portTaken,
      message: `${where} is held by another process (which one is not known: ${message})`,
    };
  }
}

function describe(holder: PortHolder | undefined, isOwn = false): string {
  // Nobody else has that address: whoever is in the way listens on all of them.
  const stop = isOwn ? 'have that listen on localhost only' : 'stop that, or use another port';
  if (!holder) return `another process; ${stop}`;
  if (!holder.process) return `a process of user ${holder.uid}; ${stop}`;
  const { name, pid } = holder.process;
  const separate = 'another instance of Dual: give one of them other addresses (proxy.listen in config.yaml)';
  return `${name} (process ${pid}); ${name === PROCESS_NAME ? separate : stop}`;
}

function holderIn(binding: Binding | undefined): PortHolder | undefined {
  return typeof binding === 'object' && 'failure' in binding ? binding.failure.holder : undefined;
}
