import path from 'node:path';

/** A path on this machine, as git decides it: no scheme, and no colon before the first slash. */
function isLocalUrl(url: string): boolean {
  return !hasScheme(url) && !/^[^/]*:/.test(url);
}

/** As a clone elsewhere has to name it: relative paths count from the repo that names them. */
export function absoluteUrl(url: string, base: string): string {
  return isLocalUrl(url) ? path.resolve(base, url) : url;
}

/** Whether a password stands in it. */
export function hasPassword(url: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/@]*:[^/@]*@/i.test(url);
}

/** The same text with the credentials of every URL in it left out. */
export function redacted(text: string): string {
  return text
    .replace(/\b(https?:\/\/)[^\s/@'"]+@/gi, '$1')
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/[^\s/@:'"]*):[^\s/@'"]*@/gi, '$1@');
}

/** Whether two URLs name one repo: https or ssh, with user name or without, with `.git` or without. */
export function isSameRemote(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one === other || comparable(one) === comparable(other);
}

function comparable(url: string): string {
  const bare = url
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .replace(/\/+$/, '');
  const local = /^file:\/\/(?:localhost)?(\/.*)$/i.exec(bare)?.[1];
  if (local !== undefined) return decoded(local);
  if (isLocalUrl(bare)) return bare;
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?([^/]*)\/(.*)$/i.exec(bare);
  const scp = /^(?:[^/@]*@)?([^/:]+):\/?(.*)$/.exec(bare);
  const [, host = '', rest = bare] = withScheme ?? scp ?? [];
  return `${host.toLowerCase()}/${rest.replace(/^\/+/, '')}`;
}

function decoded(text: string): string {
  try {
    return decodeURI(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

function hasScheme(url: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(url);
}
