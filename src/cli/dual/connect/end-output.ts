import { closeSync, openSync } from 'node:fs';
import type { Output } from '../../shared/context.ts';

const STDOUT = 1;

/**
 * Writes out what is left and says that nothing more comes, so that whoever reads it sees the end while this process goes on. Node keeps
 * standard output open until the process ends.
 */
export async function endOutput(stdout: Output): Promise<void> {
  // What is written to it from here on has nowhere to go, and is no error.
  stdout.removeAllListeners('error').on('error', () => undefined);
  await new Promise<void>((resolve) => {
    stdout.end(() => resolve());
  });
  if ((stdout as Output & { fd?: number }).fd !== STDOUT) return;
  closeSync(STDOUT);
  // Its number must not become another file's, which would get what is meant for nobody.
  openSync('/dev/null', 'w');
}
