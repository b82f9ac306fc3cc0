import { readFileSync, readlinkSync } from 'node:fs';
import { listProcesses } from '../../src/exec/proc-stat.ts';

const KINDS = ['user', 'mnt', 'pid', 'net', 'uts', 'ipc', 'cgroup'];

/** Namespaces of that process, as in `pid:[4026532441]`; empty when it is gone. */
function namespacesOf(pid: number): string[] {
  return KINDS.flatMap((kind) => readLink(`/proc/${pid}/ns/${kind}`) ?? []);
}

/** Those that the process has and this one has not, with those of its children. */
export function ownNamespaces(pid: number): string[] {
  const mine = new Set(namespacesOf(process.pid));
  const children = listProcesses().filter(({ parent }) => parent === pid);
  return [...new Set([pid, ...children.map((child) => child.pid)].flatMap(namespacesOf))].filter(
    (namespace) => !mine.has(namespace),
  );
}

/** Processes on this machine that are in one of them. */
export function processesIn(namespaces: string[]): number[] {
  const pids = listProcesses().map(({ pid }) => pid);
  return pids.filter((pid) => namespacesOf(pid).some((namespace) => namespaces.includes(namespace)));
}

/** Mount points on this machine below that directory. */
export function mountsBelow(dir: string): string[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return lines.filter((line) => line.includes(` ${dir}/`));
}

function readLink(file: string): string | undefined {
  try {
    return readlinkSync(file);
  } catch (error) {
    return absent(error);
  }
}

/** It ended meanwhile, or is a stranger's, and so is in none of ours. */
function absent(error: unknown): undefined {
  if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
  throw error;
}
