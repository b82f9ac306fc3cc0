import { isIPv4 } from 'node:net';

/** From the kernel's hexadecimal, 32 bits at a time in the byte order of the machine (little-endian wherever Node runs on Linux). */
export function decodeAddress(hex: string): string {
  const bytes = [...swapped(Buffer.from(hex, 'hex'))];
  if (bytes.length === 4) return bytes.join('.');
  const groups = [];
  for (let i = 0; i < bytes.length; i += 2) groups.push((((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0)).toString(16));
  return groups.join(':');
}

/** As the kernel writes it, in a table of IPv4 or, when so asked, mapped into one of IPv6. */
export function encodeAddress(address: string, mapped = false): string {
  const bytes = isIPv4(address) ? [...(mapped ? MAPPED : []), ...bytesOfIPv4(address)] : bytesOfIPv6(address);
  return swapped(Buffer.from(bytes)).toString('hex').toUpperCase();
}

/** `::ffff:127.0.0.1` is 127.0.0.1, which a server of both families sees written so. */
export function unmapped(address: string): string {
  const rest = address.replace(/^::ffff:/i, '');
  return isIPv4(rest) ? rest : address;
}

const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

function swapped(bytes: Buffer): Buffer {
  return bytes.swap32();
}

function bytesOfIPv4(address: string): number[] {
  return address.split('.').map(Number);
}

/** Of one that node:net has given: valid, and with its last groups in dots at most where it is a mapped one. */
function bytesOfIPv6(address: string): number[] {
  const [before = '', after] = address.replace(/%.*$/, '').split('::');
  const head = bytesOfGroups(before);
  const tail = bytesOfGroups(after ?? '');
  return [...head, ...new Array<number>(16 - head.length - tail.length).fill(0), ...tail];
}

function bytesOfGroups(text: string): number[] {
  const groups = text === '' ? [] : text.split(':');
  return groups.flatMap((group) => {
    if (group.includes('.')) return bytesOfIPv4(group);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
