import type { Probe } from '../probe.ts';
import { inBackground, nodePrint, nodeRun } from '../scripts.ts';

/** One file system: what is done on one side is so on the other. */
export const FILES: Probe[] = [
  {
    name: 'the owner of what is written',
    run: `${nodeRun('require("fs").writeFileSync("f", "x"); require("fs").mkdirSync("d")')}; stat -c '%u %g %a %s' f d | sed 's/ [0-9]*$//'; [ "$(stat -c %u f)" = "$(id -u)" ]; echo $?`,
  },
  {
    name: 'the time of what is written',
    run: `${nodeRun('require("fs").writeFileSync("f", "x")')}; echo $(( $(date +%s) - $(stat -c %Y f) <= 60 )); touch -d @1000000000.5 g; ${nodePrint('require("fs").statSync("g").mtimeMs')}`,
  },
  {
    name: 'what is written is there at once',
    run: `for i in {1..10}; do node -e "require('fs').writeFileSync('f$i', '$i')"; cat f$i; done; echo more >> f1; ${nodePrint('require("fs").readFileSync("f1", "utf8")')}`,
  },
  {
    name: 'what is removed is gone at once',
    run: `mkdir -p d/e; touch d/e/f; ${nodeRun('require("fs").rmSync("d", {recursive: true})')}; ls -d d; touch g; rm g; ${nodePrint('require("fs").existsSync("g")')}`,
  },
  {
    name: 'names in either form of Unicode',
    run: `${nodeRun('const fs = require("fs"); fs.writeFileSync("caf\\u00e9", "1"); fs.writeFileSync("cafe\\u0301", "2")')}; ls | grep caf | od -c; touch 日本語 👩‍👩‍👧; ${nodePrint('require("fs").readdirSync(".").filter((n) => n.charCodeAt(0) > 127).sort().join()')}`,
  },
  {
    name: 'names that are no text',
    run: `touch $'a\\xffb'; ${nodePrint('require("fs").readdirSync(".", "buffer").filter((n) => n[0] === 97 && n.length === 3).map((n) => n.toString("hex")).join()')}`,
  },
  {
    name: 'links',
    run: `${nodeRun('const fs = require("fs"); fs.writeFileSync("f", "x"); fs.symlinkSync("f", "l"); fs.linkSync("f", "h"); fs.symlinkSync("gone", "dangling")')}; readlink l dangling; stat -c %h f; [ f -ef h ]; echo $?`,
  },
  {
    name: 'modes and executables',
    run: `${nodeRun('const fs = require("fs"); fs.writeFileSync("x", "#!/bin/sh\\necho run\\n", {mode: 0o755}); fs.chmodSync("args.cjs", 0o4640)')}; ./x; stat -c %a x args.cjs`,
  },
  {
    name: 'the same inode and device size',
    run: `touch f; [ "$(stat -c '%i' f)" = "$(${nodePrint('require("fs").statSync("f").ino')})" ]; echo $?`,
  },
  {
    name: 'renaming, and a file that is open',
    run: `exec 3> f; echo a >&3; ${nodeRun('const fs = require("fs"); fs.renameSync("f", "g"); fs.appendFileSync("g", "b\\n")')}; echo c >&3; cat g`,
  },
  {
    name: 'a hole, and a size that is cut',
    run: `${nodeRun('const fs = require("fs"); const d = fs.openSync("f", "w"); fs.writeSync(d, "x", 1 << 20); fs.ftruncateSync(d, 1 << 21)')}; stat -c '%s' f; truncate -s 5 f; ${nodePrint('require("fs").statSync("f").size')}`,
  },
  {
    name: 'extended attributes of a temporary file',
    run: `t=$(mktemp); echo 1 > $t; node -e 'require("fs").appendFileSync(process.argv[1], "2\\n")' $t; cat $t; rm $t`,
  },
  {
    name: 'a lock of the host holds',
    run: `exec 8> lock; flock -x 8; python3 -c 'import fcntl
try: fcntl.flock(open("lock"), fcntl.LOCK_EX | fcntl.LOCK_NB); print("got it")
except BlockingIOError as e: print(e.strerror)' 8>&-; flock -u 8; python3 -c 'import fcntl; fcntl.flock(open("lock"), fcntl.LOCK_EX | fcntl.LOCK_NB); print("got it")'`,
    needs: 'flock',
  },
  {
    name: 'a lock of a routed command holds',
    run: `${inBackground('python3 -u -c "import fcntl, time; f = open(\\"lock\\", \\"w\\"); fcntl.flock(f, fcntl.LOCK_EX); print(\\"ready\\"); time.sleep(100)"')}; flock -n -x lock true; echo $?; kill $!; wait $!; cat <&9; flock -n -x lock true; echo $?`,
    needs: 'flock',
  },
  {
    name: 'a change that is waited for',
    run: `echo a > f; ${inBackground(nodeRun('const fs = require("fs"); const w = fs.watch("f", () => { w.close(); console.log("changed"); process.exit(0) }); console.log("ready")'))}; echo b >> f; wait $!; echo $?; cat <&9`,
  },
  {
    name: 'a named pipe between the sides',
    run: `mkfifo p; ${nodeRun('require("fs").writeFileSync("p", "through\\n")')} & cat p; wait; echo back > p & ${nodePrint('require("fs").readFileSync("p", "utf8")')}`,
  },
  {
    name: 'a socket in the worktree',
    run: `${inBackground(nodeRun('require("net").createServer((s) => s.end("hello")).listen("s", () => console.log("ready"))'))}; ${nodeRun('require("net").connect("s").pipe(process.stdout)')}; kill $!; wait $!; echo " $?"; [ -S s ]; echo $?`,
  },
  {
    name: 'special files',
    run: `${nodeRun('const fs = require("fs"); fs.writeFileSync("/dev/null", "x"); const b = Buffer.alloc(4); fs.readSync(fs.openSync("/dev/zero"), b); console.log(b.toString("hex"), fs.statSync("/dev/urandom").isCharacterDevice())')}`,
  },
  {
    name: 'programs and files of the worktree',
    run: `cd ..; ${nodePrint('require("fs").readdirSync(".").sort().join()')}; ls -A | sort | tr '\\n' ,`,
  },
];
