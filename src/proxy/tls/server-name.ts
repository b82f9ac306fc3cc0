/** `localhost`, or a workspace's: one label in front of it. */
const SERVED = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)?localhost$/;

/**
 * The name that a certificate is made for when a client asks for `name`; undefined when it is none that Dual serves, so that nobody can
 * have certificates made at will.
 */
export function servedName(name: string): string | undefined {
  const plain = name.toLowerCase().replace(/\.$/, '');
  return SERVED.test(plain) ? plain : undefined;
}

const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

/** The names for a client that asks for none, since it has gone to an address: this one, among others. */
export function namesOfAddress(address: string | undefined): string[] {
  const plain = (address ?? '').replace(/^::ffff:/i, '');
  const isMore = /^127(?:\.\d{1,3}){3}$/.test(plain) && !LOOPBACK.includes(plain);
  return isMore ? [...LOOPBACK, plain] : LOOPBACK;
}
