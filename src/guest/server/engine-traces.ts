import { rmSync } from 'node:fs';
import path from 'node:path';

/** Files by which engines mark what they have made. */
const FILES = ['.dockerenv', 'run/.containerenv'];

/** Variables that engines set, and login shells do not pass on. */
const VARIABLES = ['HOSTNAME', 'container'];

/** Takes away what an engine leaves in a machine's file system and in the environment that it starts with. */
export function removeEngineTraces(env: NodeJS.ProcessEnv, root = '/'): void {
  for (const name of VARIABLES) delete env[name];
  for (const file of FILES) rmSync(path.join(root, file), { force: true });
}
