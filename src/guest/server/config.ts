import type { User } from '../../drivers/container/driver.ts';
import type { TimeZone } from './time-zone.ts';

/** What the driver tells the guest, as JSON in the variable DUAL_GUEST_CONFIG. */
export interface GuestConfig {
  /** Path of the socket inside the machine. */
  socket: string;
  user: User;
  /** Of Dual. */
  version: string;
  /** For the commands alone: variables that would also steer the guest's own Node, such as NODE_OPTIONS. */
  env?: Record<string, string>;
  /** Where the machine's file system is an image's, and not the host's own. */
  image?: ImageConfig;
  /** Names of the variables that the machine has for itself, where the others are those of the user's login. */
  own?: string[];
}

/** What an image is told of the host. */
export interface ImageConfig {
  /** Undefined where the host's has no name. */
  timeZone?: TimeZone;
}

const VARIABLE = 'DUAL_GUEST_CONFIG';

/** Reads the configuration and takes it out of the environment, so that no command sees it. @throws Error that names the field */
export function takeConfig(env: NodeJS.ProcessEnv): GuestConfig {
  const text = env[VARIABLE];
  delete env[VARIABLE];
  if (!text) throw new Error(`${VARIABLE} is not set`);
  const { socket, user, version, env: extra, image, own } = JSON.parse(text) as GuestConfig;
  if (typeof socket !== 'string' || !socket.startsWith('/')) throw new Error(`${VARIABLE}: socket`);
  if (typeof version !== 'string') throw new Error(`${VARIABLE}: version`);
  const optional = { ...(extra && { env: extra }), ...(image && { image }), ...(own && { own }) };
  return { socket, version, user: checkUser(user), ...optional };
}

function checkUser(user: User): User {
  const { uid, gid, name, home } = user;
  if (!isId(uid) || !isId(gid)) throw new Error(`${VARIABLE}: user.uid, user.gid`);
  // Anything else would change the meaning of a line of /etc/passwd.
  if (!/^[^:\n\0/]+$/.test(name)) throw new Error(`${VARIABLE}: user.name`);
  if (!/^\/[^:\n\0]*$/.test(home)) throw new Error(`${VARIABLE}: user.home`);
  return { uid, gid, name, home };
}

function isId(id: unknown): boolean {
  return Number.isInteger(id) && (id as number) >= 0 && (id as number) < 2 ** 32 - 1;
}
