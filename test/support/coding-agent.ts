import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const PACKAGE = '@mariozechner/pi-coding-agent';
const VERSION = '0.73.1';

/**
 * Installs a real coding agent, `pi`, from the npm registry, unless an earlier run has, and gives the directory of its command. It is a
 * program for Node, found by `#!/usr/bin/env node`, and gives commands to `/bin/bash -c`. It lies in the home directory, as what a
 * user installs does: not below /tmp, which machines share.
 */
export async function installAgent(): Promise<string> {
  const cache = path.join(os.homedir(), '.cache/dual-test');
  const target = path.join(cache, `pi-${VERSION}`);
  if (existsSync(target)) return path.join(target, 'node_modules/.bin');
  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(`${target}.`);
  try {
    writeFileSync(path.join(unfinished, 'package.json'), '{"private": true}');
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--save-exact'];
    await run('npm', ['install', ...options, '--', `${PACKAGE}@${VERSION}`], { cwd: unfinished });
    renameSync(unfinished, target);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return path.join(target, 'node_modules/.bin');
}

/** Writes the agent's settings into a directory, and gives the environment and arguments with which it asks the model at `url`. */
export function agentSettings(dir: string, url: string): { env: Record<string, string>; args: string[] } {
  const provider = { baseUrl: url, api: 'openai-completions', apiKey: 'none', models: [{ id: 'stand-in' }] };
  writeFileSync(path.join(dir, 'models.json'), JSON.stringify({ providers: { local: provider } }));
  return {
    env: { PI_CODING_AGENT_DIR: dir, PI_OFFLINE: '1' },
    args: ['--provider', 'local', '--model', 'stand-in', '--no-session', '-p', 'Look around.'],
  };
}
