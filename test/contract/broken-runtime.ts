import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { INIT_SCRIPT } from '../../src/guest/init-script.ts';

/** Makes the directory of a guest's runtime whose guest does no more than those lines of shell. @returns that directory */
export async function brokenRuntime(dir: string, guest: string): Promise<string> {
  await mkdir(dir);
  await writeFile(path.join(dir, 'guest'), `#!/bin/sh\n${guest}\n`, { mode: 0o755 });
  await writeFile(path.join(dir, 'init.sh'), INIT_SCRIPT);
  await symlink('/bin/sh', path.join(dir, 'init'));
  return dir;
}
