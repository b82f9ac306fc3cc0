import type { Probe, Step } from '../probe.ts';
import { nodePrint, nodeRun } from '../scripts.ts';

const READY: Step = { sees: 'ready' };
const TYPED_AHEAD = 'what is typed goes to the terminal of the command that runs, as under ssh';
const types = (text: string): Step => ({ types: text });
const STTY = 'require("child_process").execSync("stty -a", {stdio: ["inherit", "pipe", "inherit"]})+""';
const IS_TTY = nodeRun(
  'const { isatty } = require("tty"); require("fs").writeFileSync("f", [0, 1, 2].map((fd) => isatty(fd) ? "terminal" : "file").join() + "\\n")',
);
const KEYS = nodeRun(
  'process.stdin.setRawMode(true).on("data", (d) => { console.log(JSON.stringify(String(d)) + " " + process.stdin.isRaw); if (String(d) === "q") { process.stdin.setRawMode(false); process.exit(3) } }); console.log("ready")',
);
const READ = nodeRun(
  'const fs = require("fs"); fs.writeSync(2, "ready\\n"); console.log(JSON.stringify(fs.readFileSync(0, "utf8")))',
);
const READ_LINE = nodeRun(
  'const fs = require("fs"); fs.writeSync(2, "ready\\n"); const b = Buffer.alloc(5000); const n = fs.readSync(0, b); console.log("took " + n + b.toString("utf8", 0, 9))',
);
const SIZE = nodeRun(
  'const show = () => console.log(process.stdout.columns + "x" + process.stdout.rows); show(); process.stdout.on("resize", () => { show(); process.exit() }); process.stdin.resume(); console.log("ready")',
);

/** So that the terminal is not taken away before everything in it has been read. */
const STAY = 'echo "end $?"; read -r x';
const LEAVE: Step[] = [{ sees: 'end ' }, types('\r')];

const redirections = [
  '',
  '< /dev/null',
  '> o',
  '2> e',
  '< /dev/null > o',
  '< /dev/null 2> e',
  '> o 2> e',
  '< /dev/null > o 2> e',
];

/** On a terminal, under a shell that is not interactive, as scripts and most panes run. */
export const TERMINAL: Probe[] = [
  ...redirections.map((redirection): Probe => ({
    name: `which of its files are terminals: ${redirection || 'all'}`,
    run: `${IS_TTY} ${redirection}; cat f; ${nodeRun('console.log([process.stdin.isTTY, process.stdout.isTTY, process.stderr.isTTY].join())')} ${redirection}; cat o e 2> /dev/null`,
    steps: [],
  })),
  {
    name: 'the name of the terminal',
    run: `${nodePrint('require("child_process").execSync("tty", {stdio: ["inherit", "pipe", "pipe"]})+""')}; tty`,
    steps: [],
    hides: /pts\/\d+/g,
  },
  {
    name: 'its size',
    run: `${nodePrint('process.stdout.columns+"x"+process.stdout.rows')}; ${nodeRun('require("child_process").execSync("stty size; tput cols", {stdio: "inherit"})')}; stty size`,
    steps: [],
  },
  { name: 'a change of its size', run: `${SIZE}; stty size`, steps: [READY, { resizes: { columns: 101, rows: 41 } }] },
  {
    name: 'a change of its size, with a pipe',
    run: `${nodeRun('process.on("SIGWINCH", () => { console.log("changed"); process.exit() }); setInterval(() => {}, 1e6); console.log("ready")')} | cat; stty size`,
    steps: [READY, { resizes: { columns: 50, rows: 10 } }],
  },
  {
    name: 'its size, set before',
    run: `stty cols 33 rows 7; ${nodePrint('process.stdout.columns+"x"+process.stdout.rows')}`,
    steps: [],
  },
  { name: 'all its settings', run: nodePrint(STTY), steps: [] },
  { name: 'settings made before', run: `stty -echo -ixon intr ^G; ${nodePrint(STTY)}; stty -a`, steps: [] },
  {
    name: 'settings made by a routed command',
    run: `${nodeRun('require("child_process").execSync("stty -echo -opost intr ^G", {stdio: "inherit"})')}; stty -a`,
    steps: [],
  },
  {
    name: 'settings left by one that was killed',
    run: `${nodeRun('process.stdin.setRawMode(true); process.kill(process.pid, "SIGKILL"); setInterval(() => {}, 1e6)')}; echo $?; stty -a`,
    steps: [],
    hides: / \d+ Killed/g,
  },
  {
    name: 'settings after raw mode',
    run: `a=$(stty -g); ${nodeRun('process.stdin.setRawMode(true); process.exit(2)')}; echo $?; [ "$a" = "$(stty -g)" ]; echo $?`,
    steps: [],
  },
  {
    name: 'keys in raw mode',
    run: `${KEYS}; echo $?`,
    steps: [
      READY,
      types('x'),
      { sees: '"x" true' },
      types('\x1b[A'),
      { sees: '[A' },
      types('\x03'),
      { sees: 'u0003' },
      types('\x1a'),
      { sees: 'u001a' },
      types('é'),
      { sees: 'é' },
      types('\r'),
      { sees: '\\r' },
      types('q'),
    ],
  },
  {
    name: 'a question',
    run: `${nodeRun('require("readline").createInterface({input: process.stdin, output: process.stdout, terminal: false}).question("name? ", (a) => { console.log("hello " + a); process.exit(4) })')}; echo $?`,
    steps: [{ sees: 'name? ' }, types('Ann é\r')],
  },
  {
    name: 'a question with line editing',
    run: `${nodeRun('require("readline").createInterface({input: process.stdin, output: process.stdout}).question("name? ", (a) => { console.log("hello " + a); process.exit() })')}`,
    steps: [{ sees: 'name? ' }, types('Anx'), { sees: 'Anx' }, types('\x7f'), types('n\r')],
  },
  {
    name: 'a password',
    run: `python3 -c 'import getpass; print("got", getpass.getpass("secret? "))'; stty -a | grep -o -- '-*echo '`,
    steps: [{ sees: 'secret? ' }, types('hidden\r')],
  },
  {
    name: 'a line, and the end of input',
    run: `${READ}; echo $?`,
    steps: [READY, types('one\r'), { sees: 'one' }, types('\x04')],
  },
  {
    name: 'the end of input within a line',
    run: `${READ}; echo $?`,
    steps: [READY, types('one'), { sees: 'one' }, types('\x04\x04')],
  },
  { name: 'a line that is corrected', run: READ_LINE, steps: [READY, types('onx\x7fe\r'), { sees: 'took' }] },
  {
    name: 'input for the shell, typed ahead',
    run: `echo ready; node takes.cjs 100; read -t 3 -r x; echo "then $x"`,
    steps: [READY, types('one\rtwo\r')],
    differs: { reason: TYPED_AHEAD, routed: { stdout: 'ready\r\none\r\ntwo\r\ntook "one\\n"\r\nthen \r\n' } },
  },
  {
    name: 'input for a command, typed ahead',
    run: `echo ready; read -r x; node takes.cjs 100; echo "after $x"`,
    steps: [READY, types('one\rtwo\r')],
    differs: {
      reason: TYPED_AHEAD,
      routed: { stdout: 'ready\r\none\r\ntwo\r\ntwo\r\ntook "two\\n"\r\nafter one\r\n' },
    },
  },
  { name: 'a long line', run: READ_LINE, steps: [READY, types(`${'x'.repeat(3000)}\r`)] },
  { name: '^C', run: 'node waits.cjs; echo "not reached"', steps: [READY, types('\x03')] },
  {
    name: '^C, and a shell that goes on',
    run: `trap : INT; node waits.cjs; echo "ended $?"`,
    steps: [READY, types('\x03')],
  },
  { name: '^C that is handled', run: `node waits.cjs SIGINT=3; echo "ended $?"`, steps: [READY, types('\x03')] },
  {
    name: '^C twice',
    run: `${nodeRun('let n = 0; process.on("SIGINT", () => { console.log("again " + ++n); if (n > 1) process.exit(5) }); setInterval(() => {}, 1e6); console.log("ready")')}; echo "ended $?"`,
    steps: [READY, types('\x03'), { sees: 'again 1' }, types('\x03')],
  },
  {
    name: '^C for a pipeline',
    run: `trap : INT; node waits.cjs | cat; echo "ended \${PIPESTATUS[*]}"`,
    steps: [READY, types('\x03')],
  },
  {
    name: '^C for a child of a command',
    run: `trap : INT; ${nodeRun('const c = require("child_process").spawn("node", ["waits.cjs", "SIGINT=6"], {stdio: "inherit"}); process.on("SIGINT", () => {}); c.on("exit", (code) => { console.log("child " + code); process.exit(7) })')}; echo "ended $?"`,
    steps: [READY, types('\x03')],
  },
  {
    name: '^C in make',
    files: { Makefile: 'all:\n\t@node waits.cjs\n' },
    run: `trap : INT; make -s; echo "ended $?"`,
    steps: [READY, types('\x03')],
    needs: 'make',
  },
  {
    name: '^\\',
    run: `ulimit -c 0; trap : QUIT; node waits.cjs; echo "ended $?"`,
    steps: [READY, types('\x1c')],
    hides: / \d+ Quit/g,
  },
  {
    name: 'a terminal that is closed',
    run: `${nodeRun('process.on("SIGHUP", () => { require("fs").writeFileSync("f", "hung up\\n"); process.kill(process.pid, "SIGKILL") }); setInterval(() => {}, 1e6); console.log("ready")')}`,
    steps: [READY, { hangsUp: true }],
    leaves: 'f',
  },
  {
    name: 'a terminal that is closed, unheeded',
    run: `mkfifo p; (trap '' HUP; (cat p; echo gone) > f 2> /dev/null < /dev/null &); exec ${nodeRun('require("fs").openSync("p", "w"); setInterval(() => {}, 1e6); console.log("ready")')}`,
    steps: [READY, { hangsUp: true }],
    leaves: 'f',
  },
  {
    name: 'in the background',
    run: `${nodeRun('setTimeout(() => console.log("done", process.stdout.isTTY), 100)')} & wait $!; echo $?`,
    steps: [],
  },
  {
    name: 'in the background with job control',
    run: `set -m; ${nodeRun('setTimeout(() => console.log("done", process.stdout.isTTY), 100)')} & wait $!; echo $?`,
    steps: [],
  },
  {
    name: 'under timeout',
    run: `timeout 60 ${nodeRun('console.log("done", process.stdout.isTTY); process.exit(5)')}; echo $?; timeout 1 node waits.cjs; echo $?; timeout --foreground 1 node waits.cjs SIGTERM=2; echo $?`,
    steps: [],
  },
  {
    name: 'without a terminal of its own',
    run: `setsid -w ${nodeRun('console.log(process.stdout.isTTY, process.stdout.columns)')}; echo $?`,
    steps: [],
  },
  {
    name: '/dev/tty',
    run: `${nodeRun('require("fs").writeFileSync("/dev/tty", "to the terminal\\n")')}; echo $?`,
    steps: [],
  },
  {
    name: '/dev/tty, with pipes all around',
    run: `echo x | ${nodeRun('try { require("fs").openSync("/dev/tty", "r+"); console.log("there") } catch (e) { console.log(e.code) }')} 2>&1 | cat`,
    steps: [],
    differs: {
      reason: 'a command whose input or output is redirected has its caller’s files, and no terminal of its own',
      routed: { stdout: 'ENXIO\r\n' },
    },
  },
  {
    name: 'colours',
    run: `P='[process.stdout.getColorDepth(), process.stdout.hasColors(), process.stderr.getColorDepth()].join()'; node -p "$P"; for v in TERM=dumb NO_COLOR=1 COLORTERM=truecolor TERM=screen FORCE_COLOR=1 TERM=xterm; do env $v node -p "$P"; done; ${nodeRun('console.log({a: 1, b: "x"}, [null])')}`,
    steps: [],
  },
  {
    name: 'line ends, and bytes as they are',
    run: `${nodeRun('process.stdout.write("a\\nb\\r\\n\\x1b[1mc\\x1b[0m\\t\\x07\\n")')}; stty -opost; ${nodeRun('process.stdout.write("a\\nb\\n")')}; stty opost`,
    steps: [],
  },
  {
    name: 'much output',
    run: `${nodeRun('for (let i = 0; i < 20000; i++) console.log("line " + i)')}; ${STAY}`,
    steps: LEAVE,
  },
  {
    name: 'much output, then exit',
    run: `${nodeRun('console.log("x"); console.log("y".repeat(3e5)); process.exit(5)')}; ${STAY}`,
    steps: LEAVE,
  },
  {
    name: 'stdout and stderr, in order',
    run: nodeRun('for (let i = 0; i < 50; i++) require("fs").writeSync(1 + (i % 2), i + "\\n")'),
    steps: [],
  },
  { name: 'kinds of files', run: 'node kinds.cjs', steps: [] },
];
