/**
 * For the command line of the guest's Node: small heaps, since there is one guest per machine and nothing in it lives long.
 * `--no-warnings` keeps Node's own notices out of the machine's log.
 */
export const GUEST_NODE_FLAGS: readonly string[] = [
  '--max-semi-space-size=1',
  '--max-old-space-size=96',
  '--no-warnings',
];
