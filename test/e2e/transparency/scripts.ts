/** Small programs in every probe's directory. */
export const SCRIPTS: Readonly<Record<string, string>> = {
  // Its arguments.
  'args.cjs': 'console.log(JSON.stringify(process.argv.slice(2)));\n',

  // The bytes of its arguments, which need not be text.
  'bytes.cjs': `
const all = require('node:fs').readFileSync('/proc/self/cmdline').toString('latin1').split('\\0').slice(2, -1);
console.log(all.length, require('node:crypto').createHash('sha256').update(all.join('\\0'), 'latin1').digest('hex'));
`,

  // Waits to be told. \`SIGTERM=3\` prints the signal's name and ends with 3; \`SIGINT=-\` prints it and goes on.
  'waits.cjs': `
for (const [signal, code] of process.argv.slice(2).map((each) => each.split('=')))
  process.on(signal, () => {
    require('node:fs').writeSync(1, signal + '\\n');
    if (code !== '-') process.exit(Number(code));
  });
setInterval(() => {}, 1e6);
require('node:fs').writeSync(1, 'ready\\n');
`,

  // Reads as many bytes of stdin as told, no more, and prints them.
  'takes.cjs': `
const taken = Buffer.alloc(Number(process.argv[2]));
console.log('took ' + JSON.stringify(taken.toString('utf8', 0, require('node:fs').readSync(0, taken))));
`,

  // What the kernel says of the files that it was given.
  'kinds.cjs': `
const { fstatSync } = require('node:fs');
const kinds = ['isFile', 'isFIFO', 'isCharacterDevice', 'isSocket', 'isDirectory'];
const kindOf = (fd) => {
  try {
    const stat = fstatSync(fd);
    return kinds.filter((kind) => stat[kind]()).join();
  } catch (error) {
    return error.code;
  }
};
process.stderr.write([0, 1, 2, 3].map((fd) => fd + ' ' + kindOf(fd)).join('\\n') + '\\n');
`,
};

/**
 * Shell text that starts a command in the background and waits until it says `ready`. Descriptor 9 then reads what else it says,
 * to the end of the last process that could say something: \`cat <&9\` waits for that.
 */
export function inBackground(command: string): string {
  return `mkfifo said; ${command} >said & exec 9<said; read -r line <&9; echo "$line"`;
}

/** A command that prints what an expression of JavaScript gives. The expression has no single quotes in it. */
export function nodePrint(expression: string): string {
  return `node -p '${expression}'`;
}

/** A command that runs JavaScript, without single quotes in it. */
export function nodeRun(text: string): string {
  return `node -e '${text}'`;
}
