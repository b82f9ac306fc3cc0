import type { Probe } from '../probe.ts';
import { inBackground, nodeRun } from '../scripts.ts';

const wait = inBackground('node waits.cjs');
/** What a detached child does: it says something once it is told to, long after its parent has gone. */
const CHILD = '"sh", ["-c", "read x < go; echo alive"]';

/** What parents do to their commands, without a terminal. Nothing is left running: descriptor 9 ends only then. */
export const SIGNALS: Probe[] = [
  ...['TERM', 'INT', 'HUP', 'USR2', 'QUIT', 'CONT', 'WINCH', 'ALRM', 'VTALRM', 'IO'].map((name): Probe => ({
    name: `SIG${name} is handled`,
    run: `${inBackground(`node waits.cjs SIG${name}=11`)}; kill -${name} $!; wait $!; echo $?; cat <&9`,
  })),
  ...['TERM', 'HUP', 'USR2', 'KILL', 'SEGV', 'ABRT', 'ALRM'].map((name): Probe => ({
    name: `SIG${name} ends a command`,
    races: 'bash tells of the end where it sees it, which may be in the function kill',
    run: `ulimit -c 0; ${wait}; kill -${name} $!; wait $!; echo $?; cat <&9`,
  })),
  {
    name: 'a signal that is handled and survived',
    run: `${inBackground('node waits.cjs SIGTERM=-')}; kill $!; read -r l <&9; echo $l; kill -0 $!; echo $?; kill -9 $!; wait $!; echo $?; cat <&9`,
  },
  {
    name: 'two signals in turn',
    run: `${inBackground('node waits.cjs SIGINT=- SIGTERM=5')}; kill -INT $!; read -r l <&9; echo $l; kill $!; wait $!; echo $?; cat <&9`,
  },
  {
    name: 'a process that is there, and then is not',
    run: `${wait}; kill -0 $!; echo $?; kill $!; wait $!; kill -0 $! 2>/dev/null; echo $?`,
  },
  {
    name: 'background and wait',
    run: `${nodeRun('process.exit(3)')} & p=$!; ${nodeRun('process.exit(4)')} & wait $p; echo $?; wait $!; echo $?; wait; echo $?`,
  },
  { name: 'jobs', run: `${wait}; jobs -r | sed 's/node.*//'; kill %1; wait %1; echo $?; jobs` },
  {
    name: 'wait for whoever is first',
    run: `mkfifo p; ${nodeRun('require("fs").readFileSync("p")')} & ${nodeRun('process.exit(7)')} & wait -n; echo $?; : > p; wait`,
  },
  { name: 'timeout', run: `timeout 1 node waits.cjs > /dev/null; echo $?` },
  { name: 'timeout with SIGKILL', run: `timeout -s KILL 1 node waits.cjs > /dev/null; echo $?` },
  { name: 'timeout that is not needed', run: `timeout 60 ${nodeRun('process.exit(9)')}; echo $?` },
  { name: 'timeout of a pipeline', run: `timeout 1 bash -c 'node waits.cjs | cat > /dev/null'; echo $?` },
  {
    name: 'timeout that is itself told',
    run: `${inBackground('timeout 100 node waits.cjs SIGTERM=3')}; kill $!; wait $!; echo $?; cat <&9`,
  },
  {
    name: 'timeout that keeps the status',
    run: `${inBackground('timeout --preserve-status 2 node waits.cjs SIGTERM=13')}; wait $!; echo $?; cat <&9`,
  },
  {
    name: 'a shell that is killed with its group',
    run: `mkfifo said; setsid bash -c 'node waits.cjs; echo not reached' > said & exec 9< said; read -r l <&9; echo $l; kill -- -$!; wait $!; echo $?; cat <&9`,
  },
  { name: 'a group with job control', run: `set -m; ${wait}; kill -TERM -- -$!; wait $!; echo $?; cat <&9` },
  {
    name: 'SIGINT that the shell has the background ignore',
    run: `mkfifo said; python3 -c 'import signal; print(signal.getsignal(signal.SIGINT) == signal.SIG_IGN)' & wait`,
  },
  {
    name: 'signals that the shell ignores',
    run: `trap '' HUP USR1; python3 -c 'import signal as s; print([s.getsignal(x).name for x in (s.SIGHUP, s.SIGUSR1, s.SIGTERM, s.SIGPIPE)])'`,
  },
  {
    name: 'no signal is blocked',
    run: nodeRun('console.log(require("fs").readFileSync("/proc/self/status", "utf8").match(/SigBlk.*/)[0])'),
  },
  {
    name: 'a trap of the shell',
    run: `trap 'echo trapped; kill $p' TERM; ${inBackground('node waits.cjs')}; p=$!; kill $$; wait $p; echo $?; wait $p; echo $?; cat <&9`,
  },
  {
    name: 'nohup',
    run: `${inBackground('nohup node waits.cjs SIGHUP=- SIGTERM=2')}; kill $!; wait $!; echo $?; cat <&9`,
  },
  {
    name: 'nohup, and a shell that ends',
    run: `mkfifo go; nohup bash -c 'node -e "require(\\"fs\\").readFileSync(\\"go\\"); require(\\"fs\\").writeFileSync(\\"f\\", \\"went on\\\\n\\")"' > /dev/null 2>&1 & echo > go`,
    leaves: 'f',
  },
  {
    name: 'a command in a session of its own',
    run: `setsid ${nodeRun('process.exit(5)')}; setsid -w ${nodeRun('process.exit(6)')}; echo $?`,
  },
  {
    name: 'a server that outlives its shell',
    run: `mkfifo go; bash -c 'node -e "require(\\"fs\\").readFileSync(\\"go\\"); console.log(\\"served\\")" > f 2>&1 &'; echo ended; echo > go`,
    leaves: 'f',
  },
  {
    name: 'a child that outlives its parent',
    run: `mkfifo go; ${nodeRun(`require("child_process").spawn(${CHILD}, {detached: true, stdio: ["ignore", 1, 2]}).unref()`)} > f; echo ended; echo > go`,
    leaves: 'f',
  },
  {
    name: 'a child that its killed parent leaves behind',
    run: `mkfifo go; ${inBackground(nodeRun(`require("child_process").spawn(${CHILD}, {stdio: "inherit"}); console.log("ready"); setInterval(() => {}, 1e6)`))}; kill $!; wait $!; echo $?; timeout 2 bash -c 'echo > go'; cat <&9`,
    differs: {
      reason:
        'a signal to a routed command is one to its process group, since a key that ends a job cannot be told from it',
      routed: { stdout: 'ready\n143\n' },
    },
  },
  {
    name: 'children that are killed by their parent',
    run: `${nodeRun('const c = require("child_process").spawn("sleep", ["100"]); c.on("exit", (code, signal) => console.log(code, signal)); c.kill()')}`,
  },
  {
    name: 'a parent that gives its child some time',
    run: `${nodeRun('const { spawnSync } = require("child_process"); const r = spawnSync("sleep", ["100"], {timeout: 50}); console.log(r.signal, r.error.code)')}`,
  },
  {
    name: 'every process ends when the shell reads to the end',
    run: `x=$(${nodeRun('require("child_process").spawn("sh", ["-c", "sleep 0.2; echo grandchild"], {stdio: "inherit"}); console.log("child")')}); echo "$x"`,
  },
];
