import type { Probe } from '../probe.ts';
import { inBackground, nodeRun } from '../scripts.ts';

/** A server on a free port of localhost, which it writes into the file `port`. */
const SERVER = nodeRun(
  'const s = require("http").createServer((q, r) => r.end("hello " + q.url + "\\n")).listen(0, "localhost", () => { require("fs").writeFileSync("port", s.address().port + "\\n"); console.log("ready") })',
);
const served = inBackground(SERVER);
const END = 'kill $!; wait $!; echo $?; cat <&9';

/** Services of a workspace are on its localhost, and the usual tools tell of them. */
export const NETWORK: Probe[] = [
  {
    name: 'a server and curl',
    run: `${served}; curl -s localhost:$(cat port)/a; curl -s http://localhost:$(cat port)/b -o f -w '%{http_code}\\n'; cat f; ${END}`,
  },
  {
    name: 'a server and a client in node',
    run: `${served}; ${nodeRun('fetch("http://localhost:" + require("fs").readFileSync("port", "utf8").trim() + "/x").then((r) => r.text()).then(console.log)')}; ${END}`,
  },
  {
    name: 'a server that is waited for',
    run: `${SERVER} > /dev/null & until [ -s port ] && curl -sf localhost:$(cat port)/up; do sleep 0.1; done; kill $!; wait $!; echo $?`,
  },
  {
    name: 'a port that is taken',
    run: `${served}; ${nodeRun('require("net").createServer().listen(Number(require("fs").readFileSync("port")), "localhost").on("error", (e) => console.log(e.code))')}; ${END}`,
  },
  {
    name: 'a port that is free again',
    run: `${served}; ${END}; curl -s localhost:$(cat port); echo $?; node -e 'require("net").createServer().listen(Number(require("fs").readFileSync("port")), "localhost", () => { console.log("free"); process.exit() })'`,
  },
  {
    name: 'kill by port',
    run: `${served}; kill $(lsof -ti:$(cat port)); wait $!; echo $?; cat <&9; lsof -ti:$(cat port); echo $?`,
    needs: 'lsof',
  },
  {
    name: 'kill by port, and by force',
    run: `${served}; lsof -ti:$(cat port) | xargs kill -9; wait $!; echo $?; cat <&9`,
    needs: 'lsof',
  },
  {
    name: 'fuser',
    run: `${served}; fuser -k $(cat port)/tcp > /dev/null 2>&1; echo $?; wait $!; echo $?; cat <&9`,
    needs: 'fuser',
  },
  {
    name: 'ss',
    run: `${served}; ss -ltnH "sport = :$(cat port)" | wc -l; ss -ltnpH "sport = :$(cat port)" | grep -c node; ${END}; ss -ltnH "sport = :$(cat port)" | wc -l`,
    needs: 'ss',
  },
  {
    name: 'pgrep and pkill',
    run: `m=mark-$$-$RANDOM; ${inBackground('node waits.cjs SIGTERM=7 $m=1')}; pgrep -f "waits.cjs.*$m" | wc -l; pkill -f "waits.cjs.*$m"; wait $!; echo $?; cat <&9; pgrep -f "waits.cjs.*$m"; echo $?`,
    needs: 'pkill',
  },
  {
    name: 'ps and kill',
    run: `m=mark-$$-$RANDOM; ${inBackground('node waits.cjs SIGTERM=7 $m=1')}; p=$(ps -eo pid=,args= | awk -v m="$m=1" '$2 ~ /node$/ && $NF == m { print $1 }'); echo $p | wc -w; kill $p; wait $!; echo $?; cat <&9`,
    needs: 'ps',
  },
  {
    name: 'a process that prints its own id',
    run: `${inBackground(nodeRun('process.on("SIGUSR2", () => { console.log("told"); process.exit(6) }); setInterval(() => {}, 1e6); console.log(process.pid)'))}; kill -USR2 $line; wait $!; echo $?; cat <&9`,
    hides: /^\d{3,}$/gm,
  },
  {
    name: 'addresses of localhost',
    run: nodeRun(
      'require("dns").lookup("localhost", {all: true}, (e, all) => console.log(e, all.map((a) => a.address).includes("127.0.0.1")))',
    ),
  },
  {
    name: 'the own host name',
    run: nodeRun('require("dns").lookup(require("os").hostname(), (e, a) => console.log(e ? e.code : typeof a))'),
  },
  { name: 'a host that is not there', run: 'curl -s http://no-such-host.invalid/; echo $?' },
];
