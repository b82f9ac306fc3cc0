import { execFileSync } from 'node:child_process';
import type { Paths } from '../../src/config/paths.ts';
import type { Parts } from './parts.ts';
import { sandboxParts } from './sandbox-parts.ts';

const quiet = { stdio: 'ignore' } as const;

/** Containers of a Docker engine, and tmux; cleans up sandboxes too, for tests of both. `install` is asked for late: there is none before the daemon has started once. */
export function dockerParts(paths: Paths, install: () => string): Parts {
  const machines = (all: boolean): string[] => {
    const args = ['ps', ...(all ? ['-a'] : []), '-q', '--no-trunc', '--filter', `label=dual.dev/install=${install()}`];
    return lines(execFileSync('docker', args, { encoding: 'utf8' }));
  };
  const tmux = (command: string): string =>
    execFileSync('sh', ['-c', `tmux -S "$1" ${command} 2>/dev/null || true`, 'sh', paths.tmuxSocket], {
      encoding: 'utf8',
    });
  return {
    machines,
    killMachine: (id) => void execFileSync('docker', ['kill', id], quiet),
    destroyMachine: (id) => void execFileSync('docker', ['rm', '-f', id], quiet),
    sessions: () => Promise.resolve(lines(tmux('list-sessions -F "#{session_name}"'))),
    killSessions: () => Promise.resolve(void tmux('kill-server')),
    async cleanUp() {
      await sandboxParts(paths, install).cleanUp();
      tmux('kill-server');
      const left = machines(true);
      if (left.length > 0) execFileSync('docker', ['rm', '-f', ...left], quiet);
      removeImages(install());
    },
  };
}

/** By name: images that are made from each other can be let go of in any order. */
function removeImages(install: string): void {
  const list = ['image', 'ls', '--filter', `label=dual.dev/install=${install}`, '--format', '{{.Repository}}:{{.Tag}}'];
  const images = lines(execFileSync('docker', list, { encoding: 'utf8' }));
  if (images.length > 0) execFileSync('docker', ['image', 'rm', '-f', ...images], quiet);
}

function lines(text: string): string[] {
  return text.split('\n').filter(Boolean);
}
