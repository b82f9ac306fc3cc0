import type { Probe } from '../probe.ts';
import { nodePrint, nodeRun } from '../scripts.ts';

const BY_A_DIRECTORY = 'by an open directory a machine could reach all of the host’s files';

const READ_ALL = nodePrint('JSON.stringify(require("fs").readFileSync(0, "utf8"))');
const SHA = nodeRun(
  'const h = require("crypto").createHash("sha256"); process.stdin.on("data", (d) => h.update(d)).on("end", () => console.log(h.digest("hex")))',
);
const HUNDRED_MB = 100 * 1024 * 1024;

/** Stdin is the caller's own: nothing of it is lost, none of it is read that the command did not read. */
export const STDIN: Probe[] = [
  { name: 'stdin that ends', run: READ_ALL, stdin: { text: 'a\nb' } },
  { name: 'stdin without content', run: READ_ALL, stdin: { text: '' } },
  { name: 'stdin that the shell has closed', run: `${READ_ALL} <&-; echo $?` },
  { name: 'stdin that was closed before', run: `${READ_ALL}; node kinds.cjs; echo $?`, stdin: 'closed' },
  { name: '/dev/null', run: `${READ_ALL} < /dev/null` },
  { name: 'a file', run: `printf 'a\\nb\\n' > f; ${READ_ALL} < f` },
  {
    name: 'a directory',
    run: `${nodeRun('try { require("fs").readFileSync(0) } catch (e) { console.log(e.message) }')} < .`,
    differs: { reason: BY_A_DIRECTORY, routed: { stdout: '' } },
  },
  { name: 'a here-document', run: `x=1; ${READ_ALL} <<E\na $x\n  b\nE` },
  { name: 'a here-string', run: `${READ_ALL} <<< $'a\\nb'` },
  {
    name: 'a program from stdin',
    run: `echo 'console.log("program", process.argv.length)' | node; node - a <<< 'console.log(process.argv.slice(2))'`,
  },
  { name: 'a program text as here-document', run: `node <<'E'\nconsole.log(__filename, 1 + 1);\nE` },
  { name: 'a pipe that is read in part', run: `printf 'abcdef' | { node takes.cjs 3; cat; echo; }` },
  {
    name: 'a file that is read in part',
    run: `printf 'abcdef' > f; { node takes.cjs 3; node takes.cjs 2; cat; echo; } < f`,
  },
  {
    name: 'a loop over lines of a file',
    run: `seq 5 > f; while read -r l; do ${nodeRun('console.log("in a loop")')}; echo "$l"; done < f`,
  },
  { name: 'a loop over lines of a pipe', run: `seq 5 | while read -r l; do node -v; echo "$l"; done` },
  { name: 'a loop whose command reads the rest', run: `seq 5 | while read -r l; do echo "$l"; ${READ_ALL}; done` },
  { name: 'stdin that nobody reads', run: `seq 3 | { node -v; cat; }` },
  {
    name: 'stdin that the shell reads on',
    run: `read -r a; ${nodeRun('0')}; read -r b; echo "$a $b"`,
    stdin: { text: 'one\ntwo\n' },
  },
  {
    name: 'a file that is read and written',
    run: `echo abc > f; ${nodeRun('const fs=require("fs"); const b=Buffer.alloc(1); fs.readSync(0,b); fs.writeSync(0,"X")')} <> f; cat f`,
  },
  {
    name: 'binary bytes',
    run: `for i in {0..255}; do printf "\\\\x$(printf %x $i)"; done > f; cat f f | ${SHA}; sha256sum < <(cat f f)`,
  },
  { name: '100 MB in', run: `head -c ${HUNDRED_MB} /dev/zero | tr '\\0' 'x' | ${SHA}` },
  {
    name: '100 MB out',
    run: `${nodeRun(`const b = Buffer.alloc(1 << 20, "y"); for (let i = 0; i < 100; i++) require("fs").writeSync(1, b)`)} | sha256sum`,
  },
  {
    name: '100 MB in and out',
    run: `head -c ${HUNDRED_MB} /dev/zero | tr '\\0' 'z' | ${nodeRun('process.stdin.pipe(process.stdout)')} | sha256sum`,
  },
  { name: 'a writer whose reader goes', run: `yes | ${nodeRun('0')}; echo "\${PIPESTATUS[*]}"` },
  {
    name: 'a writer that waits for its reader',
    run: `mkfifo p; ${nodeRun('process.stdin.once("data", (d) => { console.log("got " + d); process.exit() })')} < p & exec 3> p; echo one >&3; wait $!; echo $?`,
  },
  {
    name: 'a process as file',
    run: `${nodePrint('require("fs").readFileSync(process.argv[1], "utf8")')} <(echo a; echo b)`,
  },
  {
    name: 'two processes as files',
    run: `${nodePrint('process.argv.slice(1).map((f) => require("fs").readFileSync(f, "utf8")).join("|")')} <(echo a) <(node -p 2)`,
  },
  {
    name: 'a process as file to write to',
    run: `mkfifo p; ${nodeRun('require("fs").writeFileSync(process.argv[1], "through\\n")')} >(cat > p) & cat p; wait`,
  },
  {
    name: 'another descriptor, to read',
    run: `echo abc > f; ${nodePrint('require("fs").readFileSync(3, "utf8")')} 3< f`,
  },
  {
    name: 'another descriptor, to write',
    run: `exec 5> f; ${nodeRun('require("fs").writeSync(5, "five\\n")')}; echo six >&5; cat f`,
  },
  {
    name: '/dev/stdin',
    run: `echo abc > f; ${nodePrint('require("fs").readFileSync("/dev/stdin", "utf8")')} < f; echo def | ${nodePrint('require("fs").readFileSync("/dev/stdin", "utf8")')}`,
  },
  {
    name: 'kinds of files',
    run: 'node kinds.cjs; echo | node kinds.cjs | cat; node kinds.cjs < args.cjs > f 3< args.cjs; node kinds.cjs 3>&1',
  },
  {
    name: 'a directory as a further descriptor',
    run: "node -e 'try { console.log(fs.fstatSync(200).isDirectory()) } catch (e) { console.log(e.code) }' 200< .",
    differs: {
      reason: BY_A_DIRECTORY,
      routed: { stdout: 'EBADF\n' },
    },
  },
];
