import type { Probe } from '../probe.ts';
import { inBackground, nodeRun } from '../scripts.ts';

const WHERE = `test "$(node -p 'require("fs").readlinkSync("/proc/self/ns/net")')" = "$(readlink /proc/self/ns/net)" && echo host || echo machine`;
const reason = 'a workspace has a machine of its own, and these commands run in it';

function inside(name: string, parts: Partial<Probe> = {}): Probe {
  return {
    name: `runs in the machine: ${name}`,
    run: WHERE,
    ...parts,
    differs: { reason, routed: { stdout: 'machine\n' } },
  };
}

/** A server of the host, on a port that it writes into the file `port`. */
const ON_HOST = inBackground(
  `DUAL_BYPASS=1 ${nodeRun('const s = require("net").createServer((c) => c.end()).listen(0, "localhost", () => { require("fs").writeFileSync("port", s.address().port + ""); console.log("ready") })')}`,
);
const CONNECT = nodeRun(
  'require("net").connect(Number(require("fs").readFileSync("port")), "localhost").on("error", (e) => console.log("not there")).on("connect", () => { console.log("there"); process.exit() })',
);

/** Differences that are wanted. They also prove that the other probes compare what they should: that routed commands are routed. */
export const ROUTING: Probe[] = [
  inside('bash -c'),
  inside('sh -c', { shell: ['sh', '-c'] }),
  inside('bash -lc', { shell: ['bash', '-lc'] }),
  inside('zsh -c', { shell: ['zsh', '-c'], needs: 'zsh' }),
  inside('zsh -lc', { shell: ['zsh', '-lc'], needs: 'zsh' }),
  inside('fish -c', { shell: ['fish', '-c'], needs: 'fish' }),
  inside('a PATH that was reordered', { run: `PATH="$HOST_PATH:$PATH"; hash -r; ${WHERE}` }),
  inside('a PATH without what Dual put in front', { run: `PATH=$HOST_PATH; ${WHERE}` }),
  inside('a shell in a script', { files: { 'script.sh': `#!/bin/sh\n${WHERE}\n` }, run: './script.sh' }),
  inside('xargs, timeout and env', {
    run: WHERE.replace('$(node', '$(echo | xargs -n1 timeout 60 env nice node').replace(')\')"', ')\' )"'),
  }),
  {
    name: 'the services of the host are not there',
    run: `${ON_HOST}; ${CONNECT}; kill $!; wait $!`,
    differs: { reason: 'localhost is that of the workspace', routed: { stdout: 'ready\nnot there\n' } },
  },
  {
    name: 'runs on the host where that is asked for',
    run: `DUAL_BYPASS=1 bash -c '${WHERE.replaceAll("'", `'\\''`)}'`,
  },
  { name: 'runs on the host outside of the worktree', run: `cd "$(mktemp -d)"; ${WHERE}; rmdir "$PWD"` },
];
