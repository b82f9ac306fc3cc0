import type { Probe } from '../probe.ts';
import { nodePrint } from '../scripts.ts';

/** Arguments arrive as they were given, byte for byte. */
export const ARGUMENTS: Probe[] = [
  { name: 'no arguments', run: 'node args.cjs' },
  { name: 'spaces', run: `node args.cjs 'a b' ' lead' 'trail ' '   ' a\\ b` },
  { name: 'quotes', run: `node args.cjs "it's" 'say "so"' '\`x\`' "''" '""'` },
  { name: 'newlines and tabs', run: `node args.cjs $'a\\nb' $'\\n' $'a\\tb' $'a\\r\\nb' $'end\\n'` },
  { name: 'empty arguments', run: `node args.cjs '' a '' '' b ''` },
  { name: 'emoji and combining characters', run: `node args.cjs '👩‍👩‍👧' 'é' $'e\\u0301' '日本語' '🏴󠁧󠁢󠁥󠁮󠁧󠁿'` },
  { name: 'leading dashes', run: 'node args.cjs -v --version -- --help - -- -e' },
  { name: 'options of node itself', run: 'node --no-warnings --stack-size=900 -- args.cjs -x; echo $?' },
  { name: 'an option that node does not know', run: 'node --no-such-option args.cjs; echo $?' },
  { name: 'globs that are quoted', run: `node args.cjs '*' '?' '[a-z]' '{a,b}' '~' '$HOME' '!x'` },
  { name: 'globs that match', run: 'node args.cjs *.cjs {a,b}c ~/x' },
  { name: 'globs that do not match', run: 'node args.cjs no-such-*.txt [0-9]' },
  { name: 'backslashes', run: String.raw`node args.cjs '\' '\\' '\n' "\\" a\\b 'C:\x' '\0'` },
  {
    name: 'dollars, semicolons and other syntax',
    run: `node args.cjs '$(id)' ';' '&' '|' '>' '<' '(' ')' '#' '%s' '=' 'A=1' '!!'`,
  },
  { name: 'control characters', run: String.raw`node args.cjs $'\x01\x02\x03\x1b[31m\x7f'` },
  {
    name: 'every byte but zero',
    run: String.raw`a=; for i in {1..255}; do printf -v h '\\x%x' $i; a+=$h; done; printf -v a "$a"; node bytes.cjs "$a" "$a"`,
  },
  { name: 'an argument of 100 kB', run: `printf -v a '%0100000d' 7; node bytes.cjs "$a"` },
  { name: 'the longest argument that there can be', run: `printf -v a '%0131071d' 7; node bytes.cjs "$a"` },
  { name: 'an argument that is too long', run: `printf -v a '%0131072d' 7; node bytes.cjs "$a" 2>/dev/null; echo $?` },
  { name: 'two thousand arguments', run: 'node bytes.cjs $(seq 2000)' },
  {
    name: 'a megabyte of arguments',
    run: `printf -v a '%050000d' 7; node bytes.cjs $(for i in {1..20}; do echo $a; done)`,
  },
  { name: 'the name that the program was started by', run: nodePrint('process.argv0') },
  { name: 'arguments of a program text', run: `node -e 'console.log(process.argv.slice(1).join())' -- -a --b c` },
  {
    name: 'options that node leaves to a program',
    run: `node -p 'process.execArgv.join()' -- x; node --no-warnings -p 'process.execArgv.join()'`,
  },
  {
    name: 'the command line in the process list',
    run: `node -p 'require("fs").readFileSync("/proc/self/cmdline","latin1").split("\\0").join("|")' a 'b c'`,
  },
  {
    name: 'another name given by exec -a',
    run: `(exec -a fancy node -p 'process.argv0')`,
    differs: {
      reason: 'a script is started by its path, and never learns of the name that it was to have',
      routed: { stdout: 'node\n' },
    },
  },
];
