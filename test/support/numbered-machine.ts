import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  closeSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { packageRoot } from '../../src/config/package-root.ts';
import { listProcesses } from '../../src/exec/proc-stat.ts';
import { eventually } from './eventually.ts';

/** What lists processes or ends them, as far as it has a shim. */
const NAMES = [
  ...['kill', 'ps', 'pgrep', 'pkill', 'killall', 'pidof', 'pstree', 'lsof', 'fuser', 'ss', 'netstat'],
  ...['node', 'perl'],
];

export type Shell = 'bash' | 'zsh' | 'sh';

export interface NumberedMachine {
  /** Numbers on the host of the machine's first process, and of its command server. */
  plumbing: number[];
  worktree: string;
  /** Runs a script in the worktree, in a shell of a pane. */
  run(shell: Shell, script: string): { stdout: string; stderr: string; status: number | null };
  /** Starts a Node server in the machine that listens on that port there. @returns its numbers */
  listen(port: number): Promise<{ inside: number; host: number }>;
  /** Starts a process of somebody else's on the host that has this number there. */
  startStranger(pid: number): Promise<void>;
  /** Of a number on the host: whether a process has it that has not ended. */
  isAlive(pid: number): boolean;
  stop(): Promise<void>;
}

/**
 * A command server with processes, numbers and a network of its own, with no guest and no daemon, and a pane's shells beside it. Their host is a
 * process namespace too, so that no signal reaches anything but what these tests have started.
 */
export async function startNumberedMachine(): Promise<NumberedMachine> {
  const directory = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'dual-')));
  const at = (name: string): string => path.join(directory, name);
  const env = prepare(at);
  const held = openSync(at('run'), 'r');
  const keeper = spawn('unshare', [...OWN_PROCESSES, '/bin/dash', '-c', HOST, 'host', ...machineCommand()], {
    stdio: ['ignore', 'ignore', 'inherit', held],
    cwd: '/',
    detached: true,
  });
  closeSync(held);
  const exited = once(keeper, 'exit');
  await eventually(() => {
    if (!existsSync(at('run/c'))) throw new Error('the command server does not listen yet');
  });
  const host = listProcesses().find(({ parent }) => parent === keeper.pid)!.pid;
  // A process group is one across namespaces: these are no part of the tests' own.
  const enter = [
    '--wait',
    'nsenter',
    '--target',
    `${host}`,
    '--user',
    '--pid',
    '--mount',
    `--wd=${at('worktree')}`,
    '--preserve-credentials',
    '--',
  ];
  const onHost = (file: string, args: string[]): ReturnType<NumberedMachine['run']> => {
    const { stdout, stderr, status } = spawnSync('setsid', [...enter, file, ...args], {
      env,
      encoding: 'utf8',
      timeout: 15_000,
      killSignal: 'SIGKILL',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { stdout, stderr, status };
  };
  const run: NumberedMachine['run'] = (shell, script) => onHost(PROGRAMS[shell], ['-c', script]);
  const bypassed = (script: string): string => onHost('/bin/dash', ['-c', `export DUAL_BYPASS=1; ${script}`]).stdout;
  const processes = (): string[] => bypassed('ps -ww -eo pid=,stat=,args=').split('\n');
  const pidOf = (pattern: RegExp): number => Number.parseInt(processes().find((line) => pattern.test(line)) ?? '', 10);

  return {
    plumbing: [pidOf(/^ *(?!1 )\d+ +\S+ +\/bin\/dash -c ip link /), pidOf(/ S +sh$/)],
    worktree: at('worktree'),
    run,
    async listen(port) {
      run('bash', `node server.js ${port} >/dev/null 2>&1 & disown`);
      return eventually(() => {
        const host = pidOf(new RegExp(` node server.js ${port}$`));
        const inside = Number(run('bash', `lsof -ti:${port} -sTCP:LISTEN; :`).stdout);
        if (!host || !inside) throw new Error(`nothing listens on ${port} yet`);
        return { inside, host };
      });
    },
    startStranger(pid) {
      return eventually(() => {
        const last = '/proc/sys/kernel/ns_last_pid';
        bypassed(
          `last=$(cat ${last}); echo ${pid - 1} >${last}; env -i /bin/sleep 1000 >/dev/null 2>&1 & echo $last >${last}`,
        );
        if (!processes().some((line) => new RegExp(`^ *${pid} .*/bin/sleep 1000$`).test(line)))
          throw new Error('no such stranger yet');
      });
    },
    isAlive: (pid) => processes().some((line) => new RegExp(`^ *${pid} +[^Z ]`).test(line)),
    async stop() {
      process.kill(host, 'SIGKILL');
      await exited;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

const PROGRAMS = { bash: '/bin/bash', zsh: '/usr/bin/zsh', sh: '/bin/dash' };
const OWN_PROCESSES = ['--user', '--map-root-user', '--pid', '--fork', '--kill-child', '--mount-proc'];
/** Collects what ends without a parent; numbers start where no machine's do. */
const HOST = 'echo 20000 >/proc/sys/kernel/ns_last_pid; "$@" 3<&3 & exec 3<&-; while :; do wait; sleep 1; done';
/** As in every machine, its first process is a shell, of which the command server is a child. */
const MACHINE = 'ip link set lo up; perl "$@" 3<&3 & exec 3<&-; while :; do wait; sleep 1; done';

function machineCommand(): string[] {
  const server = path.join(packageRoot(), 'src/guest/command-server.pl');
  const init = ['/bin/dash', '-c', MACHINE, 'init', server, '0', '0', process.arch];
  return ['unshare', ...OWN_PROCESSES, '--net', ...init];
}

/** Shims, hooks and a worktree. @returns the environment of a pane */
function prepare(at: (name: string) => string): Record<string, string> {
  for (const name of ['run', 'shims/bin', 'worktree', 'hooks']) mkdirSync(at(name), { recursive: true });
  const shim = path.join(packageRoot(), 'src/shims/shim.pl');
  for (const name of NAMES) symlinkSync(shim, at(`shims/bin/${name}`));
  const settings = {
    name: 'w',
    worktree: at('worktree'),
    socket: at('run/c'),
    arch: process.arch,
    log: at('log'),
    dual: 'false',
  };
  writeFileSync(
    at('shims/workspace'),
    Object.entries(settings)
      .map((entry) => `${entry.join(' ')}\n`)
      .join(''),
  );
  writeFileSync(at('worktree/server.js'), 'require("http").createServer().listen(+process.argv[2], "127.0.0.1");\n');
  const hook = 'export DUAL_SHELL=$$\nkill() { "$DUAL_SHIMS/bin/kill" "$@"; }\n';
  writeFileSync(at('hooks/bash'), hook);
  writeFileSync(at('hooks/.zshenv'), hook);
  return {
    PATH: `${at('shims/bin')}:${process.env['PATH'] ?? ''}`,
    HOME: at(''),
    LC_ALL: 'C',
    // A shell below a pane's own. The outermost one would take a socket for its input as a sign of rsh, and read no BASH_ENV.
    SHLVL: '1',
    DUAL_SHIMS: at('shims'),
    BASH_ENV: at('hooks/bash'),
    ZDOTDIR: at('hooks'),
  };
}
