import type { Environment } from './npm-cli.ts';

/** What a build needs to get out of this machine: the user's proxies, which the engine keeps out of the image. */
export function buildNetwork(env: Environment): { buildargs: Record<string, string>; networkmode?: string } {
  const buildargs: Record<string, string> = {};
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'NO_PROXY']) {
    const value = env[name] ?? env[name.toLowerCase()];
    if (value) Object.assign(buildargs, { [name]: value, [name.toLowerCase()]: value });
  }
  const local = ['HTTP_PROXY', 'HTTPS_PROXY'].some((name) => isLoopback(buildargs[name]));
  // A proxy on this machine's loopback is reached from this machine's network alone.
  return { buildargs, ...(local && { networkmode: 'host' }) };
}

function isLoopback(proxy: string | undefined): boolean {
  if (!proxy || !URL.canParse(proxy)) return false;
  return ['localhost', '127.0.0.1', '[::1]'].includes(new URL(proxy).hostname);
}
