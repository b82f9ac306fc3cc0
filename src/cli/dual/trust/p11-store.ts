import { run } from '../../../exec/run.ts';
import { systemProgramOf, type TrustHost } from './host.ts';
import type { TrustStore } from './store.ts';

/** The system's store where p11-kit keeps it: Fedora and its relatives, Arch, openSUSE. Undefined elsewhere. */
export function findP11Store(host: TrustHost): TrustStore | undefined {
  const trust = systemProgramOf(host, 'trust');
  if (host.platform !== 'linux' || trust === undefined) return undefined;
  return {
    name: "the system's store (p11-kit)",
    needsRoot: !host.isRoot,
    async observe({ name }) {
      const { stdout } = await run(trust, ['list', '--filter=ca-anchors'], { env: host.env });
      const labels = stdout.split('\n').map((line) => /^\s*label: (.*)$/.exec(line)?.[1]);
      return labels.includes(name) ? 'trusted' : 'absent';
    },
    add: ({ file }) => [[trust, 'anchor', '--store', file]],
    remove: ({ file }) => [[trust, 'anchor', '--remove', file]],
  };
}
