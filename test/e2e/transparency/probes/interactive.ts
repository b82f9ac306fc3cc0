import type { Probe, Step } from '../probe.ts';
import { nodeRun } from '../scripts.ts';

const AT = ['env', 'PS1=p=> '];
const BASH = [...AT, 'bash', '--norc', '--noprofile', '--noediting'];
const ZSH = [...AT, 'zsh', '-f', '-o', 'no_zle', '-o', 'no_prompt_sp'];
const PROMPT: Step = { sees: 'p=> ' };
const READY: Step = { sees: 'ready' };
const types = (text: string): Step => ({ types: text });

/** Types these lines one after the other, each once the prompt is there, and then leaves. */
function session(name: string, lines: (string | Step[])[], shell: readonly string[] = BASH): Probe {
  const steps = lines.flatMap((line): Step[] => [...(typeof line === 'string' ? [types(`${line}\r`)] : line), PROMPT]);
  const hides = /\[\d\] \d+/g;
  return { name, shell, run: '-i', steps: [PROMPT, ...steps, types('exit 3\r')], needs: shell[2] ?? '', hides };
}

const WAITS = 'node waits.cjs SIGCONT=- SIGINT=4';
const start = (command: string): Step[] => [types(`${command}\r`), READY];
const STOP: Step[] = [types('\x1a'), { sees: 'topped' }];
/** It has the terminal again, and not merely been announced. */
const FOREGROUND: Step[] = [types('fg\r'), { sees: 'SIGCONT' }];

/** Someone at a prompt, with job control. */
export const INTERACTIVE: Probe[] = [
  session('commands at a prompt', ['node -p 6*7', 'echo $?', `node -e 'process.exit(9)'`, 'echo $?', 'node -v | cat']),
  session('^C at a command', [[...start('node waits.cjs'), types('\x03')], 'echo $?', 'stty -a']),
  session('^C that is handled', [[...start('node waits.cjs SIGINT=3'), types('\x03')], 'echo $?']),
  session('^Z, fg and ^C', [
    [...start(WAITS), ...STOP],
    'echo $?',
    'jobs',
    [...FOREGROUND, types('\x03')],
    'echo $?',
    'jobs',
  ]),
  session('^Z twice', [
    [...start(WAITS), ...STOP],
    [...FOREGROUND, ...STOP],
    [...FOREGROUND, types('\x03')],
    'echo $?',
  ]),
  session('^Z, bg and kill', [[...start('node waits.cjs'), ...STOP], 'bg', 'jobs', 'kill %1; wait %1', 'echo $?']),
  session('^Z and kill', [
    [...start(WAITS), ...STOP],
    'p=$(jobs -p)',
    'kill -9 %1; while [ -e /proc/$p ]; do :; done',
    'echo $?',
  ]),
  session('^Z of a pipeline', [
    [...start('node waits.cjs SIGCONT=- | cat'), ...STOP],
    [...FOREGROUND, types('\x03')],
    'echo "${PIPESTATUS[*]}"',
  ]),
  session('^Z in raw mode', [
    [
      types(
        `${nodeRun('process.stdin.setRawMode(true).on("data", (d) => { console.log(JSON.stringify(String(d))); process.exit(2) }); console.log("rea" + "dy")')}\r`,
      ),
      READY,
      types('\x1a'),
      { sees: 'u001a' },
    ],
    'echo $?',
    'stty -a',
  ]),
  session('a command that stops itself', [
    [
      types(
        `${nodeRun('process.on("SIGCONT", () => { console.log("again"); process.exit(6) }); process.kill(process.pid, "SIGSTOP"); setInterval(() => {}, 1e6)')}\r`,
      ),
      { sees: 'topped' },
    ],
    [types('fg\r'), { sees: 'again' }],
    'echo $?',
  ]),
  session('^\\', ['ulimit -c 0', [...start('node waits.cjs'), types('\x1c')], 'echo $?']),
  session('^D', [[types(`echo rea''dy; node takes.cjs 10\r`), READY, types('\x04'), { sees: 'took' }], 'echo $?']),
  session('a job in the background', ['set +m', `${nodeRun('console.log("done")')} & wait $!`, 'echo $?']),
  session('a job of the background that is fetched', [
    [types('mkfifo p; node takes.cjs 3 < p &\r')],
    [types('echo abc > p; fg\r'), { sees: 'took' }],
  ]),
  session('a change of size at a prompt', [
    [{ resizes: { columns: 90, rows: 30 } }, types('stty size\r'), { sees: '30 90' }],
    'node -p process.stdout.columns',
  ]),
  session('node, at its own prompt', [
    [
      types('NODE_REPL_HISTORY= TERM=dumb node\r'),
      { sees: '> ' },
      types('6*7\r'),
      { sees: '42' },
      { sees: '> ' },
      types('.exit\r'),
    ],
    'echo $?',
  ]),
  session(
    'commands at a prompt of zsh',
    ['node -p 6*7', 'echo $?', [...start('node waits.cjs'), types('\x03')], 'echo $?'],
    ZSH,
  ),
  session(
    '^Z and fg in zsh',
    [[...start(WAITS), types('\x1a'), { sees: 'suspended' }], [...FOREGROUND, types('\x03')], 'echo $?'],
    ZSH,
  ),
];
