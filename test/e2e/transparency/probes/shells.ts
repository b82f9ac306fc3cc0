import type { Probe } from '../probe.ts';
import { nodePrint, nodeRun } from '../scripts.ts';

const SAY = `node args.cjs 'a b' '*' ''; echo $?`;
const SUM = nodePrint('6*7');

/** Shells of every kind, and what runs commands for other programs. What a hook changes in a shell must not be seen. */
export const SHELLS: Probe[] = [
  { name: 'sh -c', shell: ['sh', '-c'], run: SAY },
  { name: 'sh -c with one command', shell: ['sh', '-c'], run: `node args.cjs 'a b'` },
  { name: 'dash -c', shell: ['dash', '-c'], run: SAY, needs: 'dash' },
  { name: 'bash -c with one command', run: `node args.cjs 'a b'` },
  { name: 'bash --norc -c', shell: ['bash', '--norc', '--noprofile', '-c'], run: SAY },
  {
    name: 'bash -lc',
    files: { '.profile': 'PATH=$HOST_PATH\nA=profile\nexport A\n' },
    run: `HOME=$PWD bash -lc '${`node args.cjs "a b" $A; echo $?`}'`,
  },
  {
    name: 'bash -lc with a PATH of its own',
    files: { '.bash_profile': 'PATH="$HOST_PATH"\n' },
    run: `HOME=$PWD bash -lc 'node args.cjs x; echo $?'`,
  },
  {
    name: 'bash -ic',
    files: { '.bashrc': 'A=bashrc\nexport A\n' },
    run: `HOME=$PWD bash -ic 'node args.cjs "a b" $A' 2>/dev/null; echo $?`,
  },
  { name: 'bash that reads from stdin', shell: ['bash'], run: '-s', stdin: { text: `${SAY}\nnode -p 6*7\n` } },
  {
    name: 'a script file',
    files: { 'script.sh': `#!/bin/bash\nset -eu\n${SAY}\nnode -e 'process.exit(4)'\necho not reached\n` },
    run: './script.sh; echo $?; sh script.sh; echo $?',
  },
  { name: 'zsh -c', shell: ['zsh', '-c'], run: SAY, needs: 'zsh' },
  { name: 'zsh -f -c', shell: ['zsh', '-f', '-c'], run: `${SAY}; x=($(node -p 1) b); echo $#x`, needs: 'zsh' },
  { name: 'zsh -lc', shell: ['zsh', '-lc'], run: SAY, needs: 'zsh' },
  {
    name: 'zsh, and what it knows',
    shell: ['zsh', '-c'],
    files: { '.zshenv': 'A=zshenv\n' },
    run: `setopt; alias; (HOME=$PWD zsh -c 'echo $A; node -p 1; trap'); whence -w node`,
    needs: 'zsh',
  },
  { name: 'fish -c', shell: ['fish', '-c'], run: `node args.cjs 'a b' '*' ''; echo $status`, needs: 'fish' },
  { name: 'shells in shells', run: `bash -c "sh -c 'bash -c \\"node -p 6*7\\"'"; ( ( ${SUM} ) )` },
  { name: 'exec', run: `exec ${nodeRun('console.log(1); process.exit(3)')}` },
  {
    name: 'command, builtin and env',
    run: `command ${SUM}; env ${SUM}; env A=1 ${nodePrint('process.env.A')}; builtin node 2>/dev/null; echo $?`,
  },
  { name: 'an alias', run: `shopt -s expand_aliases\nalias n='node -p'\nn 6*7` },
  { name: 'a function that is called like the command', run: `node() { echo "my node"; command node "$@"; }; ${SUM}` },
  {
    name: 'eval, and a command from a variable',
    run: `eval "node -p 6*7"; c=node; $c -p 1; a=(node -p 2); "\${a[@]}"`,
  },
  {
    name: 'conditions',
    run: `if ! ${nodeRun('process.exit(1)')}; then echo failed; fi; ${SUM} && echo yes || echo no; until ${SUM}; do :; done`,
  },
  { name: 'a shell that ends at an error', run: `set -e; ${SUM}; ${nodeRun('process.exit(5)')}; echo not reached` },
  { name: 'a shell that shows its commands', run: `set -x; ${SUM}; a=$(node -p 1); echo b` },
  { name: 'bash -x', shell: ['bash', '-x', '-c'], run: `${SUM}; echo b` },
  {
    name: 'bash -eu',
    shell: ['bash', '-eu', '-o', 'pipefail', '-c'],
    run: `${SUM} | cat; echo $missing; echo not reached`,
  },
  {
    name: 'variables of the shell',
    run: `true a b; echo "$_"; echo "$LINENO $BASH_SUBSHELL $- $# $0 \${#FUNCNAME[@]}"; false; echo $?; false | true | (exit 3); echo "\${PIPESTATUS[*]}"`,
  },
  {
    name: 'a match, and the last argument',
    run: `[[ abc =~ b(.) ]]; ${SUM}; echo "\${BASH_REMATCH[1]}"; echo x y; : ; echo z w; echo "$_"`,
  },
  { name: 'options of the shell', run: 'set -o; shopt -p' },
  {
    name: 'aliases, and traps for signals',
    run: `alias; trap -p EXIT INT TERM ERR RETURN CHLD; ulimit -n; umask; hash`,
  },
  {
    name: 'a trap at the end, and at errors',
    run: `trap 'echo end $?' EXIT; trap 'echo error $? $LINENO' ERR; ${nodeRun('process.exit(3)')}; ${SUM}; exit 7`,
  },
  { name: 'a DEBUG trap of its own', run: `trap 'echo "before $BASH_COMMAND"' DEBUG; node -p 1; echo x` },
  { name: 'line numbers in messages', run: `\n\nno-such-command\n${SUM}\n  echo $LINENO\nno-such-command-2` },
  { name: 'time', run: `TIMEFORMAT=done; time ${SUM}; { time node -v >/dev/null; } 2>&1` },
  {
    name: 'whether there is such a command',
    run: `command -v node >/dev/null; echo $?; which node >/dev/null; echo $?; type -t node; command -v no-such; echo $?; basename "$(command -v node)"`,
  },
  {
    name: 'coproc',
    run: `coproc ${nodeRun('process.stdin.on("data", (d) => console.log("got " + d))')}; echo one >&\${COPROC[1]}; read -r x <&\${COPROC[0]}; echo "$x"; p=$COPROC_PID; exec {COPROC[1]}>&-; wait $p; echo $?`,
  },
  {
    name: 'lines into an array',
    run: `mapfile -t a < <(${nodeRun('console.log("x y\\nz")')}); echo "\${#a[@]} \${a[0]}"; read -r b <<< "$(${SUM})"; echo $b`,
  },
];
