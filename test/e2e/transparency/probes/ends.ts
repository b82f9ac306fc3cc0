import type { Probe } from '../probe.ts';
import { nodeRun } from '../scripts.ts';

const killedBy = (signal: string): string =>
  nodeRun(`process.kill(process.pid, "${signal}"); setInterval(() => {}, 1e6)`);

/** How a command ends: its exit code, or the signal that ended it. */
export const ENDS: Probe[] = [
  ...[0, 1, 2, 42, 124, 126, 127, 128, 130, 137, 143, 255].map((code): Probe => ({
    name: `exit code ${code}`,
    run: `exec ${nodeRun(`process.exit(${code})`)}`,
  })),
  { name: 'exit codes out of range', run: `for c in 256 257 -1 -2; do node -e "process.exit($c)"; echo $?; done` },
  { name: 'the exit code of the last command', run: `${nodeRun('process.exit(3)')}; a=$?; echo $a; (exit 4)` },
  ...['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGABRT', 'SIGKILL', 'SIGSEGV', 'SIGTERM', 'SIGUSR2', 'SIGALRM'].flatMap(
    (signal): Probe[] => [
      { name: `killed by ${signal}`, run: `ulimit -c 0; ${killedBy(signal)}; echo $?` },
      { name: `killed by ${signal}, in the shell's own place`, run: `ulimit -c 0; exec ${killedBy(signal)}` },
    ],
  ),
  {
    name: 'a signal that is ignored',
    run: nodeRun(
      'process.on("SIGTERM", () => {}); process.kill(process.pid, "SIGTERM"); setTimeout(() => console.log("on"), 50)',
    ),
  },
  {
    name: 'an exception',
    files: { 'a.cjs': `function thrower() {\n  throw new TypeError('wrong', { cause: 'x' });\n}\nthrower();\n` },
    run: 'node a.cjs; echo $?',
  },
  {
    name: 'an exception in a module',
    files: { 'a.mjs': `import './b.mjs';\n`, 'b.mjs': `export const a = missing;\n` },
    run: 'node a.mjs; echo $?',
  },
  { name: 'an exception in a program text', run: `${nodeRun('throw new Error("wrong")')}; echo $?` },
  { name: 'a promise that is rejected', run: `${nodeRun('Promise.reject(new Error("wrong"))')}; echo $?` },
  { name: 'a syntax error', files: { 'a.cjs': 'let = = 1;\n' }, run: 'node a.cjs; echo $?' },
  {
    name: 'an exit code that is set, and one in the last moment',
    run: `${nodeRun('process.exitCode = 9')}; echo $?; ${nodeRun('process.on("exit", () => { process.exitCode = 8; console.log("last") })')}; echo $?`,
  },
  {
    name: 'an exception in python',
    files: { 'a.py': 'def f():\n    raise ValueError("é")\n\n\nf()\n' },
    run: 'python3 a.py; echo $?',
  },
  {
    name: 'an exit code in python',
    run: `python3 -c 'import sys; sys.exit(7)'; echo $?; python3 -c 'import sys; sys.exit("text")'; echo $?`,
  },
  { name: 'a script that is missing', run: 'node missing.js; echo $?' },
  { name: 'a directory as script', run: 'mkdir d; node d; echo $?; node .; echo $?' },
  { name: 'a module that is missing', run: `node -e 'require("no-such-module")'; echo $?` },
  { name: 'a command that is missing', run: 'no-such-command a; echo $?' },
  {
    name: 'a command that is missing, in a routed one',
    run: `${nodeRun('const { status, stderr } = require("child_process").spawnSync("no-such-command", { shell: true }); console.log(status, stderr+"")')}; echo $?`,
  },
  {
    name: 'a program that is missing, in a routed one',
    run: `${nodeRun('console.log(require("child_process").spawnSync("no-such-command").error.message)')}`,
  },
  {
    name: 'a program without permission',
    files: { denied: 'echo hello\n' },
    run: `./denied; echo $?; ${nodeRun('console.log(require("child_process").spawnSync("./denied").error.message)')}`,
  },
  {
    name: 'a file without permission',
    // Of another kind than that of root, who may read anything on the host and has no such right in a container.
    run: `echo x > f; [ "$(id -u)" = 0 ] || chmod 000 f; ${nodeRun('try { require("fs").readFileSync("f"); console.log("read") } catch (e) { console.log(e.message) }')}; chmod 600 f`,
  },
  {
    name: 'a directory as program',
    run: `mkdir d; ./d; echo $?; ${nodeRun('console.log(require("child_process").spawnSync("./d").error.code)')}`,
  },
  {
    name: 'a first line that names a missing interpreter',
    files: { odd: '#!/no/such/interpreter\n' },
    run: `./odd 2>/dev/null; echo $?; ${nodeRun('console.log(require("child_process").spawnSync("./odd").error.code)')}`,
  },
  { name: 'make without such a target', run: 'make no-such-target; echo $?' },
  {
    name: 'curl where nobody listens',
    run: 'curl -s http://localhost:1/; echo $?; curl -s http://127.0.0.1:1/; echo $?',
  },
];
