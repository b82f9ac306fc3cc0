import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { run } from '../../src/exec/run.ts';

/** What git needs to make commits without anybody's settings. */
function gitTestEnv(home: string): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: home,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'A',
    GIT_AUTHOR_EMAIL: 'a@example.com',
    GIT_COMMITTER_NAME: 'A',
    GIT_COMMITTER_EMAIL: 'a@example.com',
  };
}

export interface GitSandbox {
  dir: string;
  env: Record<string, string>;
  at(...parts: string[]): string;
  git(cwd: string, ...args: string[]): Promise<string>;
  /** A repo with one commit on `main`. */
  createRepo(name: string, files?: Record<string, string>): Promise<string>;
  /** A bare copy, as on a server; `file://` in front makes it a URL that is fetched from. */
  createRemote(name: string, from: string): Promise<string>;
  commit(repo: string, message: string, files: Record<string, string>): Promise<string>;
  write(file: string, text: string): Promise<void>;
  remove(): Promise<void>;
}

export async function createGitSandbox(): Promise<GitSandbox> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
  const env = gitTestEnv(dir);
  const git = async (cwd: string, ...args: string[]): Promise<string> =>
    (await run('git', ['-C', cwd, ...args], { env })).stdout.trim();
  const write = async (file: string, text: string): Promise<void> => {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  };
  const commit: GitSandbox['commit'] = async (repo, message, files) => {
    for (const [name, text] of Object.entries(files)) await write(path.join(repo, name), text);
    await git(repo, 'add', '-A');
    await git(repo, 'commit', '-q', '--allow-empty', '-m', message);
    return git(repo, 'rev-parse', 'HEAD');
  };
  return {
    dir,
    env,
    git,
    write,
    commit,
    at: (...parts) => path.join(dir, ...parts),
    async createRepo(name, files = { 'README.md': `# ${name}\n` }) {
      const repo = path.join(dir, name);
      await mkdir(repo, { recursive: true });
      await git(repo, 'init', '-q', '-b', 'main');
      await commit(repo, 'first', files);
      return repo;
    },
    async createRemote(name, from) {
      const remote = path.join(dir, name);
      await git(dir, 'clone', '-q', '--bare', '--', from, remote);
      return remote;
    },
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}
