import { execFile, execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../src/config/package-root.ts';

const DIR = path.join(packageRoot(), 'test/e2e/fixtures/agent-task');

/** The small web application that the scripted agent works on, by path. */
export function agentTaskFiles(): Record<string, string> {
  const app = path.join(DIR, 'app');
  const files = readdirSync(app, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const names = files.map((entry) => path.relative(app, path.join(entry.parentPath, entry.name)));
  return Object.fromEntries(names.map((name) => [name, readFileSync(path.join(app, name), 'utf8')]));
}

export interface TaskResult {
  code: number;
  /** A line for every step, and what the one that went wrong has printed. */
  output: string;
}

/**
 * Runs the scripted agent, with the shell that it is to use, in a clone of the application.
 * @param machine Arguments in front of its own, which put it somewhere else.
 */
export function agentTask(
  how: string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
  machine: string[] = [],
): Promise<TaskResult> {
  return new Promise((resolve) => {
    const [program = '', ...args] = [...machine, 'bash', path.join(DIR, 'agent.sh'), ...how];
    const child = execFile(program, args, { ...options, maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : 255) : 0;
      resolve({ code, output: stdout + stderr });
    });
    child.stdin!.end();
  });
}

/** This machine without Dual, and without what else runs on it: ports and processes of its own, and no way out. */
export const BARE_MACHINE = [
  ...['unshare', '--user', '--map-root-user', '--net', '--pid', '--fork', '--kill-child', '--mount-proc', '--'],
  ...['bash', '-c', 'ip link set lo up && exec "$@"', 'bash'],
];

/** Has npm know the application's packages, for a machine that cannot reach the registry. Gives the environment that tells it so. */
export function packagesAhead(clone: string, cache: string): Record<string, string> {
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--cache', cache];
  execFileSync('npm', args, { cwd: clone, stdio: 'pipe' });
  rmSync(path.join(clone, 'node_modules'), { recursive: true });
  return { npm_config_cache: cache, npm_config_offline: 'true' };
}
