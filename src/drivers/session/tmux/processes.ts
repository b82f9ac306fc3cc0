import { run } from '../../../exec/run.ts';

/** A process, told from a later one with the same id by when it started. */
export interface Process {
  pid: number;
  parent: number;
  /** As in `pts/3`; empty for those that are not on this machine's own terminals. */
  tty: string;
  started: string;
}

type Env = Record<string, string>;

/** Milliseconds that processes get to end after SIGHUP, as when a terminal is closed. */
const GRACE = 2000;
/** Milliseconds that a killed process may take to vanish. */
const LIMIT = 5000;
/** Milliseconds after which it is worth a look whether what is left has ended and was only not collected by its parent. */
const SHORT = 40;

/**
 * Ends what runs in those terminals (as in `/dev/pts/3`) and everything that was started from there, and waits until it is gone.
 * Only for terminals that are still held: the system gives the name of a closed one to somebody else.
 */
export async function endProcesses(ttys: readonly string[], env: Env): Promise<void> {
  if (ttys.length === 0) return;
  const doomed = belonging(await listProcesses(env), ttys);
  signal(doomed, 'SIGHUP');
  signal(doomed, 'SIGCONT');
  if (await allGone(doomed, env, GRACE)) return;
  const rest = surviving(doomed, await listProcesses(env));
  signal(rest, 'SIGKILL');
  if (await allGone(rest, env, LIMIT)) return;
  throw new Error(`processes ${rest.map(({ pid }) => pid).join(', ')} of a terminal session do not end`);
}

/** Those of the terminals, and their descendants, which may have left them. */
export function belonging(processes: readonly Process[], ttys: readonly string[]): Process[] {
  const names = new Set(ttys.map((tty) => tty.replace(/^\/dev\//, '')));
  const found = new Set<Process>();
  const add = (one: Process): void => {
    if (found.has(one)) return;
    found.add(one);
    processes.filter(({ parent }) => parent === one.pid).forEach(add);
  };
  processes.filter(({ tty }) => names.has(tty)).forEach(add);
  return [...found];
}

/** Containers count their terminals from 0 too, and ps tells theirs by the same names; they are in pid namespaces of their own. */
const NAMESPACE = process.platform === 'linux' ? 'pidns=' : 'uid=';

/** Zombies are left out: they have ended. */
async function listProcesses(env: Env): Promise<Process[]> {
  const columns = ['pid=', 'ppid=', NAMESPACE, 'tty=', 'stat=', 'lstart='].flatMap((column) => ['-o', column]);
  const { stdout } = await run('ps', ['-A', ...columns], { env: { ...env, LC_ALL: 'C' } });
  return parseProcesses(stdout, process.pid);
}

/** What `ps` prints; the namespace of the process `self` is this machine's own. */
export function parseProcesses(output: string, self: number): Process[] {
  const rows = output.split('\n').flatMap((line) => {
    const [, pid, parent, namespace = '', tty = '', state = '', started = ''] =
      /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\S+)\s+(\S+)\s+(.*?)\s*$/.exec(line) ?? [];
    if (pid === undefined || state.startsWith('Z')) return [];
    return [{ pid: Number(pid), parent: Number(parent), namespace, tty, started }];
  });
  const own = rows.find(({ pid }) => pid === self)?.namespace;
  return rows.map(({ namespace, tty, ...row }) => ({ ...row, tty: namespace === own ? tty : '' }));
}

function surviving(before: readonly Process[], now: readonly Process[]): Process[] {
  return before.filter(({ pid, started }) => now.some((one) => one.pid === pid && one.started === started));
}

function signal(processes: readonly Process[], name: NodeJS.Signals | 0): number {
  return processes.filter(({ pid }) => reaches(pid, name)).length;
}

function reaches(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ESRCH') return false;
    if (code === 'EPERM') return true;
    throw error;
  }
}

async function allGone(processes: readonly Process[], env: Env, limit: number): Promise<boolean> {
  const deadline = Date.now() + limit;
  for (let pause = 10; signal(processes, 0) > 0; pause = Math.min(pause * 2, 200)) {
    if (pause > SHORT && surviving(processes, await listProcesses(env)).length === 0) return true;
    if (Date.now() >= deadline) return false;
    await new Promise((resolve) => {
      setTimeout(resolve, pause);
    });
  }
  return true;
}
