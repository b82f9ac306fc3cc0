import { hostName } from './host.ts';

/**
 * The path and query to ask the upstream for. Absolute-form (RFC 9112, 3.2.2) has to name the same host as the Host header.
 * @returns undefined when the target is of no form that a proxy may pass on
 */
export function originForm(target: string, { host, method }: { host: string; method: string }): string | undefined {
  if (target.startsWith('/') || (target === '*' && method === 'OPTIONS')) return target;
  const absolute = /^(?:http|ws):\/\/([^/?#]*)(.*)$/i.exec(target);
  if (!absolute) return undefined;
  const [, authority = '', rest = ''] = absolute;
  const name = hostName(authority);
  if (name === undefined || name !== hostName(host)) return undefined;
  return rest.startsWith('/') ? rest : `/${rest}`;
}
