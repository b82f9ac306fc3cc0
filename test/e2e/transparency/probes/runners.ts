import type { Probe } from '../probe.ts';
import { nodePrint, nodeRun } from '../scripts.ts';

const GIT = 'git -c user.name=a -c user.email=a@localhost -c init.defaultBranch=main -c commit.gpgsign=false';

/** Programs of the host that start a routed command, and many of them at once. */
export const RUNNERS: Probe[] = [
  {
    name: 'xargs',
    run: `printf 'a b\\0c\\0' | xargs -0 node args.cjs; seq 3 | xargs -n 1 node args.cjs; seq 2 | xargs -I{} node args.cjs {}-{}`,
  },
  { name: 'ten at a time by xargs', run: `seq 30 | xargs -P 10 -n 1 node args.cjs | sort -V` },
  {
    name: 'ten at once, each with its exit code',
    run: `for i in {1..10}; do node -e "process.exit($i)" & p[i]=$!; done; for i in {1..10}; do wait \${p[i]}; echo $?; done`,
  },
  {
    name: 'ten at once, each with much output',
    run: `for i in {1..10}; do ${nodeRun('process.stdout.write("x".repeat(1e6))')} | wc -c & done; wait`,
  },
  { name: 'fifty in turn', run: `for i in {1..50}; do node -p $i; done | tail -1` },
  {
    name: 'a failure for xargs',
    run: `seq 2 | xargs -n 1 ${nodeRun('process.exit(255)')} 2>/dev/null; echo $?; seq 2 | xargs -n 1 ${nodeRun('process.exit(3)')}; echo $?`,
  },
  {
    name: 'find -exec',
    run: `mkdir d; touch d/a d/b; find d -type f -exec node args.cjs {} + | wc -l; find d -name a -exec node args.cjs {} ';'`,
  },
  { name: 'nice, stdbuf and env -S', run: `nice ${nodePrint('1')}; stdbuf -oL ${nodePrint('2')}; env -S 'node -p 3'` },
  { name: 'time as a program', run: `/usr/bin/env time -f '' node -p 1 2>/dev/null || node -p 1` },
  {
    name: 'make',
    files: { Makefile: 'all:\n\t@node args.cjs "a b" $(X)\n\t@node -e "process.exit(3)"\n' },
    run: 'make -s X=1 2>&1; echo $?',
    needs: 'make',
  },
  {
    name: 'make, many at once',
    files: { Makefile: 'all: a b c\na b c:\n\t@node -p 1\n' },
    run: 'make -s -j3; echo $?',
    needs: 'make',
  },
  {
    name: 'npm run',
    files: { 'package.json': '{"name":"x","scripts":{"say":"node args.cjs","fail":"node -e \\"process.exit(3)\\""}}' },
    run: `npm run -s say -- 'a b' '*'; echo $?; npm run -s fail; echo $?`,
  },
  {
    name: 'npm exec of a program of the project',
    files: {
      'package.json': '{"name":"x"}',
      'node_modules/.bin/own-bin': '#!/usr/bin/env node\nconsole.log("bin", process.argv.slice(2).join());\n',
    },
    run: `npx --no-install own-bin a 'b c' 2>/dev/null; echo $?; ./node_modules/.bin/own-bin d`,
  },
  {
    name: 'a git hook',
    files: { 'repo/.hooks/pre-commit': "#!/bin/sh\nnode -p \"'hook ' + process.cwd().split('/').pop()\"\nexit 1\n" },
    run: `cd repo; ${GIT} init -q; ${GIT} -c core.hooksPath=.hooks commit -q --allow-empty -m x; echo $?; ${GIT} log 2>/dev/null | wc -l`,
  },
  { name: 'an alias of git', run: `${GIT} -c alias.x='!node -p 6*7' x` },
  {
    name: 'an editor for git',
    run: `${GIT} init -q; GIT_EDITOR='node args.cjs "a b"' ${GIT} commit -q --allow-empty 2>&1; echo $?`,
  },
  {
    name: 'awk, perl and python that start a shell',
    run: `awk 'BEGIN { system("node -p 1") }'; perl -e 'system("node -p 2 | cat"); print $? >> 8, "\\n"'; python3 -c 'import subprocess; print(subprocess.run("node -p 3", shell=True, capture_output=True, text=True).stdout)'`,
  },
  {
    name: 'a terminal in a pipe',
    run: `script -qec "node -p 'process.stdout.isTTY'" /dev/null < /dev/null | cat -A`,
    needs: 'script',
  },
  {
    name: 'a routed command that starts another',
    run: nodeRun('console.log(require("child_process").execFileSync("node", ["-p", "process.cwd()"])+"")'),
  },
  {
    name: 'a routed command that starts a shell',
    run: nodeRun('require("child_process").execSync("node -p 1; bash -c \\"node -p 2\\"", {stdio: "inherit"})'),
  },
  {
    name: 'a parent and its child over a channel',
    files: { 'child.cjs': 'process.on("message", (m) => { process.send(m + 1); process.disconnect(); });\n' },
    run: nodeRun(
      'const c = require("child_process").fork("child.cjs"); c.on("message", (m) => console.log(m)); c.send(41)',
    ),
  },
  {
    name: 'workers',
    run: nodeRun(
      'const { Worker } = require("worker_threads"); new Worker("require(\\"worker_threads\\").parentPort.postMessage(process.pid)", {eval: true}).on("message", (m) => console.log(m === process.pid))',
    ),
  },
];
