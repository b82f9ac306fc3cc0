/** Of a request's head, what tells who has caused it: the headers of those names. */
export interface Cause {
  origin?: string;
  secFetchSite?: string;
  secFetchDest?: string;
  secFetchMode?: string;
  secPurpose?: string;
}

/**
 * Whether a request makes a Lazy workspace real. Not one that a page from elsewhere causes behind the user's back, be it by an
 * image, a frame or a script: a link that somebody follows is one thing, a site that starts machines is another. Nor one that a
 * browser makes on the chance that it will be wanted.
 */
export function mayWake({ origin, secFetchSite, secFetchDest, secFetchMode, secPurpose }: Cause): boolean {
  if (secPurpose?.includes('prefetch')) return false;
  if (origin !== undefined && isLocalOrigin(origin)) return true;
  // Programs, and browsers of old.
  if (secFetchSite === undefined) return origin === undefined;
  return secFetchSite !== 'cross-site' || (secFetchDest === 'document' && secFetchMode === 'navigate');
}

/** Of a page that another service of this machine has sent. */
function isLocalOrigin(origin: string): boolean {
  const host = URL.canParse(origin) ? new URL(origin).hostname : '';
  return host === 'localhost' || host.endsWith('.localhost') || host === '127.0.0.1' || host === '[::1]';
}
