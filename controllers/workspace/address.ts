import { createHash } from 'node:crypto';

/** A Workspace, as far as it matters to who has which address. */
export interface Holder {
  name: string;
  /** Its creation, RFC 3339. */
  since: string;
  address?: string | undefined;
}

export interface AddressRules {
  /** Tells instances apart on one machine; empty for the user's own. */
  instance: string;
  /** Addresses that are no Workspace's, whatever comes of it. */
  reserved: readonly string[];
}

/**
 * The loopback address on which a Workspace's ports are reached as plain TCP: the one that it has, unless an earlier Workspace has
 * the same; else the first that nobody has of a sequence that follows from its name, so that it is the same on every machine. Pure.
 */
export function chooseAddress(own: Holder, others: readonly Holder[], { instance, reserved }: AddressRules): string {
  const taken = new Set([...reserved, ...others.map(({ address }) => address)]);
  const before = new Set([
    ...reserved,
    ...others.filter((other) => isBefore(other, own)).map(({ address }) => address),
  ]);
  if (own.address !== undefined && isInRange(own.address) && !before.has(own.address)) return own.address;
  for (let turn = 0; ; turn += 1) {
    const candidate = candidateAddress(`${own.name}${instance}`, turn);
    if (!taken.has(candidate)) return candidate;
  }
}

// 127.64.0.0 to 127.127.255.254, away from the addresses at the start of 127/8 that people give to things by hand. The same range
// stands in src/shims/route.pl.
const FIRST = 64;
const RANGE = /^127\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.\d{1,3}\.\d{1,3}$/;

function isInRange(address: string): boolean {
  return RANGE.test(address);
}

/** The last part is never 0 or 255, which some systems take for a network or a broadcast. */
function candidateAddress(seed: string, turn: number): string {
  const hash = createHash('sha256').update(`${seed}\n${turn}`).digest();
  return `127.${FIRST + (hash.readUInt8(0) % 64)}.${hash.readUInt8(1)}.${1 + (hash.readUInt16BE(2) % 254)}`;
}

function isBefore(one: Holder, other: Holder): boolean {
  return one.since === other.since ? one.name < other.name : one.since < other.since;
}
