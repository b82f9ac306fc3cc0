import type { Probe } from '../probe.ts';
import { nodePrint, nodeRun } from '../scripts.ts';

const shown = (...names: string[]): string =>
  nodePrint(`JSON.stringify(${JSON.stringify(names)}.map((name) => process.env[name] ?? null))`);
/** What a machine has for itself, as `docs/transparency.md` tells: its programs, where it keeps files, its certificates. */
const MACHINES_OWN =
  '^(PATH|_|TMPDIR|npm_config_store_dir|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|REQUESTS_CA_BUNDLE|PIP_CERT)$';
const EVERYTHING = `Object.entries(process.env).filter(([n]) => !new RegExp("${MACHINES_OWN}").test(n)).sort()`;

/** The caller's environment, and nothing of Dual's. */
export const ENVIRONMENT: Probe[] = [
  { name: 'every variable but PATH', run: nodePrint(`JSON.stringify(${EVERYTHING}, null, 1)`) },
  {
    name: 'every variable but PATH, in a shell of a routed command',
    run: nodeRun(
      `console.log(require("child_process").execSync("env -0").toString().split("\\0").filter((e) => !new RegExp("${MACHINES_OWN}").test(e.split("=")[0])).sort().join("\\n"))`,
    ),
  },
  { name: 'a variable that is exported', run: `export A=1; ${shown('A')}` },
  { name: 'a variable for one command', run: `A=1 B='x y' ${shown('A', 'B')}; ${shown('A', 'B')}` },
  { name: 'a variable that is not exported', run: `A=1; ${shown('A')}; export A; export -n A; ${shown('A')}` },
  { name: 'an empty variable and one that is not set', run: `export A=; unset B; ${shown('A', 'B')}` },
  { name: 'variables that were taken away', run: `export A=1; env -u A -u LANG ${shown('A', 'LANG', 'HOME')}` },
  {
    name: 'newlines, quotes and equals signs',
    run: `export A=$'a\\nb=c\\n' B='"x" \\ $y' C='=' D=$'\\n'; ${shown('A', 'B', 'C', 'D')}`,
  },
  { name: 'unicode', run: `export A='é👩‍👩‍👧' Ä=1; env Ä=2 ${shown('A', 'Ä')}` },
  {
    name: 'bytes that are no text',
    run: `export A=$'\\x01\\xff\\xfe\\x80'; ${nodeRun('const all = require("fs").readFileSync("/proc/self/environ").toString("latin1").split("\\0"); console.log(Buffer.from(all.find((each) => each.startsWith("A=")), "latin1").toString("hex"))')}`,
  },
  { name: 'names that no shell would give', run: `env a.b=1 x-y=2 '1=3' ' =4' ${shown('a.b', 'x-y', '1', ' ')}` },
  { name: 'a variable of 100 kB', run: `printf -v A '%0100000d' 7; export A; ${nodePrint('process.env.A.length')}` },
  {
    name: 'a thousand variables',
    run: `for i in {1..1000}; do export "MANY_$i=value $i"; done; ${nodePrint('Object.keys(process.env).filter((n) => n.startsWith("MANY_")).length+process.env.MANY_777')}`,
  },
  { name: 'how deep the shell is', run: `${shown('SHLVL')}; bash -c '${shown('SHLVL').replaceAll("'", `'\\''`)}; :'` },
  { name: 'the variable _', run: nodePrint('require("path").basename(process.env._ ?? "")') },
  { name: 'no environment at all', run: 'env -i node -v; echo $?' },
  {
    name: 'an environment of PATH alone',
    run: `env -i PATH="$PATH" ${nodePrint(`${EVERYTHING}.join()`)}; :`,
  },
  {
    name: 'an environment of a few variables',
    run: `env -i PATH="$PATH" HOME=/h A=1 ${nodePrint(`${EVERYTHING}.join()`)}; :`,
  },
  {
    name: 'NODE_OPTIONS and NODE_PATH',
    files: { 'm/dep/index.js': 'module.exports = "found";\n', 'pre.cjs': 'console.log("loaded first");\n' },
    run: `NODE_PATH=$PWD/m NODE_OPTIONS="--require $PWD/pre.cjs" node -p 'require("dep")'`,
  },
  { name: 'NODE_ENV, CI and DEBUG', run: `NODE_ENV=production CI=1 DEBUG='*' ${shown('NODE_ENV', 'CI', 'DEBUG')}` },
  {
    name: 'a program of the project that was put into PATH',
    files: { 'bin/own-tool': '#!/bin/sh\necho "own tool $*"\n' },
    run: `PATH="$PWD/bin:$PATH" ${nodeRun('require("child_process").execSync("own-tool a b", {stdio: "inherit"})')}`,
  },
  {
    name: 'a program of the project that is called like a routed one',
    files: { 'bin/node': '#!/bin/sh\necho "own node $*"\n' },
    run: `PATH="$PWD/bin:$PATH" node -v; PATH="$PWD/bin:$PATH"; node -v; hash -r; node -v`,
  },
];
