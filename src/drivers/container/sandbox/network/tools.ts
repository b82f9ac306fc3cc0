/** A program that carries the packets of a network namespace over ordinary sockets of its own, without rights on the host. */
export interface NetworkTool {
  name: string;
  /** Its arguments, with which it stays in the foreground. */
  args(options: ToolOptions): string[];
  /** The sandbox's resolv.conf from the host's. */
  resolvConf(host: string): string;
}

export interface ToolOptions {
  /** Of the sandbox's first process. */
  pid: number;
  /** A file, open as descriptor 3, into which it is to write something once the network is there. */
  ready: string;
  /** Whether there is a descriptor 4, which hangs up when the sandbox has ended. */
  watched: boolean;
  /** What the host's resolv.conf says. */
  host: string;
}

/**
 * The name server inside, which asks the host's first one, even when that is on loopback: only port 53, so that nothing else of the host's
 * loopback is behind it.
 */
const SLIRP_NAME_SERVER = '10.0.2.3';
/** Link-local: no name server of anybody's. */
const PASTA_NAME_SERVER = '169.254.1.1';

/** First choice: a tenth of the other's memory, starts without a network too, and ends with the sandbox. IPv4 only. */
const slirp4netns: NetworkTool = {
  name: 'slirp4netns',
  args: ({ pid, watched }) => [
    '--configure',
    '--mtu=65520',
    // Its gateway address would be the host's 127.0.0.1.
    '--disable-host-loopback',
    // It talks to a namespace that may be hostile: no file system, no rights, few system calls.
    '--enable-sandbox',
    '--enable-seccomp',
    '--ready-fd=3',
    ...(watched ? ['--exit-fd=4'] : []),
    `--userns-path=/proc/${pid}/ns/user`,
    '--',
    String(pid),
    'tap0',
  ],
  // Asked anew for each query, so that a laptop may move to another network.
  resolvConf: (host) => withNameServer(host, SLIRP_NAME_SERVER),
};

const pasta: NetworkTool = {
  name: 'pasta',
  args: ({ pid, ready, host }) => [
    '--foreground',
    '--quiet',
    '--config-net',
    // The gateway address is the gateway, not the host's loopback.
    '--no-map-gw',
    ...(hasLoopbackServer(host) ? ['--dns-forward', PASTA_NAME_SERVER] : []),
    // No port of either side on the other one: Dual's proxy does that.
    ...['-t', 'none', '-u', 'none', '-T', 'none', '-U', 'none'],
    // Root would become nobody, who may not enter the namespace.
    ...(process.getuid?.() === 0 ? ['--runas', '0'] : []),
    ...['--pid', ready],
    ...['--userns', `/proc/${pid}/ns/user`, '--netns', `/proc/${pid}/ns/net`],
  ],
  // Only where needed: forwarded are queries over UDP alone, and then no answer comes from the server itself any more.
  resolvConf: (host) => (hasLoopbackServer(host) ? withNameServer(host, PASTA_NAME_SERVER) : host),
};

/** In order of preference. */
export const NETWORK_TOOLS: readonly NetworkTool[] = [slirp4netns, pasta];

function hasLoopbackServer(resolvConf: string): boolean {
  const servers = [...resolvConf.matchAll(/^nameserver[ \t]+(\S+)/gm)].map(([, server = '']) => server);
  // None at all means one on this machine, by resolv.conf(5).
  return servers.length === 0 || servers.some((server) => /^(127\.|::1$|0\.0\.0\.0$)/.test(server));
}

/** The text of a resolv.conf with this name server in place of all others. */
function withNameServer(resolvConf: string, server: string): string {
  const lines = resolvConf.split('\n').filter((line) => line.trim() !== '' && !/^(nameserver\b|[#;])/.test(line));
  return [...lines, `nameserver ${server}`, ''].join('\n');
}
