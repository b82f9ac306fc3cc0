import { cpSync, mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../src/config/package-root.ts';

/**
 * Makes a home directory, to be removed by the caller, of someone who uses zsh and nvm: an interactive zsh with this HOME puts a Node of
 * nvm's in front of PATH. That is the Node which runs the tests.
 */
export function makeNvmHome(home: string): void {
  cpSync(path.join(packageRoot(), 'test/e2e/fixtures/agent-task/nvm-home'), home, { recursive: true });
  const bin = path.join(home, '.nvm/versions/node', process.version, 'bin');
  mkdirSync(bin, { recursive: true });
  symlinkSync(process.execPath, path.join(bin, 'node'));
  for (const name of ['npm', 'npx']) symlinkSync(besideNode(name), path.join(bin, name));
}

/** npm is found by its own path: the files it is made of are beside it. */
function besideNode(name: string): string {
  return realpathSync(path.join(path.dirname(process.execPath), name));
}
