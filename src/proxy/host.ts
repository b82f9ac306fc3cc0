import { isIPv4 } from 'node:net';

const HOST = /^([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{0,5})?$/;
const WORKSPACE = /^([a-z0-9](?:[a-z0-9-]*[a-z0-9])?)\.localhost$/;

/** The name in a Host header: lower case, without port and trailing dot. `undefined` when it is none that a URL could have. */
export function hostName(host: string): string | undefined {
  const name = HOST.exec(host.toLowerCase())?.[1];
  return name?.replace(/(?<=[^.])\.$/, '');
}

/** The workspace that a name from hostName() speaks of, whether there is one or not. */
export function workspaceOf(name: string): string | undefined {
  return WORKSPACE.exec(name)?.[1];
}

/**
 * Whether a name is this machine's own whatever a name server says. A page from elsewhere that has its own name point here
 * (DNS rebinding) does not get such a one, and is told nothing.
 */
export function isLocalName(name: string): boolean {
  if (name === 'localhost' || name.endsWith('.localhost') || name === '[::1]') return true;
  return isIPv4(name) && name.startsWith('127.');
}

/** Whether a local name is no workspace's, but this machine's as such. */
export function isPlainName(name: string): boolean {
  return name === 'localhost' || !name.endsWith('.localhost');
}
