import { createHash } from 'node:crypto';

/** Rules of `git check-ref-format --branch`, so that a name can be judged without a process for each. */
export function isBranchName(name: string): boolean {
  return name !== '' && name !== 'HEAD' && !name.startsWith('-') && name !== '@' && isRefPath(name);
}

function isRefPath(name: string): boolean {
  if (/[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|\.$/.test(name)) return false;
  return name.split('/').every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'));
}

export function isCommitId(text: string): boolean {
  return /^[0-9a-f]{7,64}$/i.test(text);
}

/** The name itself, or, when it is longer than `max` bytes, as much of it as fits with a hash of the whole. */
export function fitted(name: string, max: number): string {
  if (Buffer.byteLength(name) <= max) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 12);
  const head = Buffer.from(name)
    .subarray(0, max - hash.length - 1)
    .toString('utf8')
    .replace(/\uFFFD+$/, '');
  return `${head}-${hash}`;
}
