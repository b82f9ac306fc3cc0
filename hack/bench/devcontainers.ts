import { execFileSync } from 'node:child_process';
import path from 'node:path';

const DEVCONTAINERS = '@devcontainers/cli@0.89.0';

/** Installs the command line of development containers below that directory. @returns its script, for Node */
export function installDevcontainers(dir: string): string {
  execFileSync('npm', ['install', '--prefix', dir, '--no-audit', '--no-fund', '--loglevel=error', DEVCONTAINERS], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return path.join(dir, 'node_modules/@devcontainers/cli/devcontainer.js');
}
