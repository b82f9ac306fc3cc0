import type { Probe } from '../probe.ts';
import { nodePrint, nodeRun } from '../scripts.ts';

const CWD = nodePrint('process.cwd()');

/** Every directory has the same path, however one got there. */
export const DIRECTORIES: Probe[] = [
  { name: 'the current directory', run: `pwd; pwd -P; ${CWD}` },
  {
    name: 'as the kernel and a child see it',
    run: nodePrint('require("child_process").execSync("pwd; pwd -P; readlink /proc/self/cwd")+""'),
  },
  { name: 'a subdirectory', run: `mkdir -p a/b; cd a/b; pwd -P; ${CWD}; cd ..; ${CWD}` },
  { name: 'a directory with odd letters', run: `d=$' a\\n"b\\' *$x é👩‍👧 '; mkdir "$d"; cd "$d"; pwd; ${CWD}` },
  { name: 'a directory whose name starts with a dash', run: `mkdir -- -d; cd -- -d; ${CWD}` },
  {
    name: 'a directory whose name is not text',
    run: `d=$'a\\xff\\xfeb'; mkdir "$d"; cd "$d"; node -p 'process.cwd().slice(-5)' | od -c`,
  },
  { name: 'through a link', run: `mkdir a; ln -s a l; cd l; pwd; pwd -P; ${CWD}; ${nodePrint('process.env.PWD')}` },
  {
    name: 'a link from outside of the worktree',
    run: `t=$(mktemp -d); ln -s "$PWD" $t/l; cd $t/l; pwd -P; ${CWD}; rm -r $t`,
  },
  { name: 'a directory below /tmp', run: `t=$(mktemp -d); cd $t; [ "$(${CWD})" = "$(pwd -P)" ]; echo $?; rm -r $t` },
  { name: 'the root', run: `cd /; ${CWD}` },
  { name: 'the home directory', run: `cd; ${CWD}` },
  { name: 'a directory that is gone', run: `mkdir a; cd a; rmdir ../a; ${CWD}; echo $?` },
  {
    name: 'a directory that is gone and was made again',
    run: `mkdir a; cd a; rmdir ../a; mkdir ../a; ${CWD}; echo $?`,
  },
  { name: 'another directory for one command', run: `mkdir a; (cd a && ${CWD}); env -C a ${CWD}; ${CWD}` },
  { name: 'a deep directory', run: `for i in {1..60}; do mkdir directory-$i; cd directory-$i; done; ${CWD}` },
  {
    name: 'variables that tell the directory',
    run: `mkdir a; cd a; ${nodePrint('process.env.PWD+" "+process.env.OLDPWD')}`,
  },
  {
    name: 'a script by relative, absolute and dotted path',
    run: `mkdir a; cd a; node ../args.cjs 1; node "$PWD"/../args.cjs 2; node ./../a/../args 3`,
  },
  {
    name: 'a script through a link',
    files: { 'a/real.cjs': 'console.log(__filename, process.argv[1]);\n' },
    run: 'ln -s a/real.cjs link.cjs; ln -s a l; node link.cjs; node l/real.cjs; node --preserve-symlinks-main link.cjs',
  },
  {
    name: 'a script with the name in either form of Unicode',
    run: `echo 'console.log("composed")' > $'caf\\u00e9.cjs'; echo 'console.log("decomposed")' > $'cafe\\u0301.cjs'; node $'caf\\u00e9.cjs'; node $'cafe\\u0301.cjs'`,
  },
  {
    name: 'a script below /tmp',
    run: `t=$(mktemp -d); echo 'console.log(__dirname === process.argv[2])' > $t/a.cjs; node $t/a.cjs $t; rm -r $t`,
  },
  {
    name: 'a script that a shell starts by its first line',
    files: { tool: '#!/usr/bin/env node\nconsole.log(process.argv.slice(2).join(), __filename);\n' },
    run: './tool a b',
  },
  {
    name: 'a script that loads others',
    files: {
      'lib/a.mjs': 'export const here = import.meta.url;\n',
      'main.mjs': `import { here } from './lib/a.mjs';\nconsole.log(here);\n`,
    },
    run: 'node main.mjs',
  },
  {
    name: 'the directory of temporary files',
    run: `[ "$(node -p 'require("os").tmpdir()')" = "\${TMPDIR:-/tmp}" ]; echo $?; ${nodeRun('const t=require("fs").mkdtempSync(require("os").tmpdir()+"/x"); require("fs").rmdirSync(t)')}; echo $?`,
  },
];
