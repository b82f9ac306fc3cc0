import type { Probe } from '../probe.ts';
import { nodeRun } from '../scripts.ts';

const BOTH = nodeRun('const fs = require("fs"); for (let i = 0; i < 20; i++) fs.writeSync(1 + (i % 2), i + "\\n")');
const SAY = (text: string): string => nodeRun(`console.log("${text}")`);

/** Stdout and stderr are the caller's own. */
export const STDOUT: Probe[] = [
  { name: 'stdout and stderr apart', run: nodeRun('console.log("out"); console.error("err")') },
  { name: 'stdout and stderr, in order, into one', run: `${BOTH} 2>&1` },
  { name: 'stdout and stderr, in order, into a file', run: `${BOTH} > f 2>&1; cat f` },
  { name: 'stdout and stderr exchanged', run: `${nodeRun('console.log("out"); console.error("err")')} 3>&1 1>&2 2>&3` },
  { name: 'closed stdout', run: `${SAY('x')} >&-; echo $?; node kinds.cjs >&-; echo $?` },
  { name: 'closed stderr', run: `${nodeRun('console.error("err"); console.log("out")')} 2>&-; echo $?` },
  {
    name: 'all closed',
    run: `node kinds.cjs <&- >&- 2>&-; echo $?; ${nodeRun('require("fs").writeFileSync("f", "done\\n")')} <&- >&- 2>&-; cat f`,
  },
  { name: 'a file that is appended to', run: `echo a > f; ${SAY('b')} >> f; echo c >> f; ${SAY('d')} >> f; cat f` },
  { name: 'a file that several write to in turn', run: `{ ${SAY('a')}; echo b; ${SAY('c')}; } > f; cat f` },
  {
    name: 'a file that is there, without overwriting',
    run: `set -o noclobber; echo a > f; ${SAY('b')} > f; echo $?; cat f`,
  },
  { name: 'tee', run: `${SAY('x')} | tee f; cat f` },
  {
    name: 'a reader that goes',
    run: `${nodeRun('const fs = require("fs"); try { for (;;) fs.writeSync(1, "line\\n") } catch (e) { console.error(e.code) }')} | head -1; echo "\${PIPESTATUS[*]}"`,
  },
  {
    name: 'a reader that goes, unheeded',
    run: `${nodeRun('const more = (error) => error || process.stdout.write("line\\n".repeat(9999), more); more()')} 2> err | head -1; echo "\${PIPESTATUS[*]}"; head -c 40 <(grep -o "write EPIPE" err)`,
  },
  {
    name: 'a reader that goes, in python',
    run: `python3 -c 'while True: print("line")' 2> err | head -1; echo "\${PIPESTATUS[*]}"; grep -c BrokenPipe err`,
  },
  {
    name: 'a full disk',
    run: `${nodeRun('try { require("fs").writeSync(1, "x") } catch (e) { console.error(e.code) }')} > /dev/full; echo $?`,
  },
  {
    name: 'much output, then exit',
    run: `${nodeRun('const all = Buffer.alloc(3e6, "x"); let n = 0; while (n < all.length) n += require("fs").writeSync(1, all, n); process.exit(5)')} | wc -c; echo "\${PIPESTATUS[*]}"`,
  },
  {
    name: 'exit in the middle of writes',
    run: `${nodeRun('for (let i = 0; i < 1000; i++) { process.stdout.write("line " + i + "\\n"); if (i === 777) process.exit(3) }')} | tail -1; echo "\${PIPESTATUS[*]}"`,
  },
  {
    name: 'much stderr while stdout is not read',
    run: `${nodeRun('process.stderr.write("e".repeat(1e6)); console.log("o")')} 2> >(wc -c >&2) | { sleep 0.1; cat; }; wait`,
  },
  { name: 'a line of a megabyte', run: `${nodeRun('console.log("x".repeat(1 << 20))')} | sha256sum` },
  { name: 'every byte', run: `${nodeRun('process.stdout.write(Buffer.from([...Array(256).keys()]))')} | od -An -tx1` },
  {
    name: 'output without a newline',
    run: `${nodeRun('process.stdout.write("a"); process.stderr.write("b")')}; echo c`,
  },
  {
    name: 'output that comes bit by bit',
    run: `${nodeRun('let i = 0; const t = setInterval(() => { console.log(i); if (++i > 5) clearInterval(t) }, 10)')} | while read -r l; do echo "got $l"; done`,
  },
  {
    name: 'output after the shell has ended',
    run: `${nodeRun('setTimeout(() => console.log("late"), 300)')} & echo first`,
  },
  {
    name: '/dev/stdout and /dev/stderr',
    run: `${nodeRun('const fs = require("fs"); fs.writeFileSync("/dev/stdout", "o\\n"); fs.writeFileSync("/dev/stderr", "e\\n")')} 2>&1 | cat`,
  },
  {
    name: '/dev/stdout that is a file',
    run: `${nodeRun('require("fs").appendFileSync("/dev/stdout", "o\\n")')} >> f; cat f`,
  },
  {
    name: 'a value for a variable',
    run: `x=$(${nodeRun('console.log("a\\n b \\n\\n")')}); printf '[%s]' "$x"; y=$(${nodeRun('process.exit(6)')}); echo $?`,
  },
  {
    name: 'a pipeline of routed commands',
    run: `${nodeRun('for (let i = 0; i < 5; i++) console.log(i)')} | ${nodeRun('process.stdin.on("data", (d) => process.stdout.write(String(d).replaceAll("\\n", ";")))')} | ${nodeRun('process.stdin.pipe(process.stdout)')}; echo " \${PIPESTATUS[*]}"`,
  },
  {
    name: 'a pipeline whose first command fails',
    run: `set -o pipefail; ${nodeRun('process.exit(4)')} | ${nodeRun('process.stdin.resume()')}; echo $?`,
  },
  {
    name: 'a pipeline whose statuses are all kept',
    run: `${nodeRun('process.exit(1)')} | ${nodeRun('process.exit(2)')} | ${nodeRun('process.exit(3)')}; echo "\${PIPESTATUS[*]}"`,
  },
];
