import { createHash } from 'node:crypto';
import {
  chmod,
  copyFile,
  link,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { npmPackage } from '../image/npm-package.ts';
import type { Environment } from '../image/npm-cli.ts';
import { INIT_SCRIPT } from './init-script.ts';

/** The guest's own Node, whatever the project uses. */
const GUEST_NODE_VERSION = '22.23.3';

export interface GuestRuntimeOptions {
  /** Directory for what is fetched. */
  cache: string;
  /** The guest as one file. */
  guestBundle: string;
  /** The native part of node-pty, for Linux. */
  ptyAddon: string;
  /** What starts the commands of the host's shims. */
  commandServer: string;
  /** Of the user: PATH, proxies, certificates, npm's settings. */
  env: Environment;
  signal?: AbortSignal;
}

/**
 * The directory that every machine gets read-only: `guest` (a Node binary), `guest.cjs`, `pty.node`, `command-server.pl`, `init.sh` and `init`.
 * Named by its contents, so that running machines keep theirs when Dual is upgraded. Made whole or not at all.
 * @throws RetryError RegistryUnreachable
 */
export async function ensureGuestRuntime(options: GuestRuntimeOptions): Promise<string> {
  const [bundle, addon, commandServer] = await Promise.all([
    readFile(options.guestBundle),
    readFile(options.ptyAddon),
    readFile(options.commandServer),
  ]);
  const node = `node-linux-${process.arch === 'arm64' ? 'arm64' : 'x64'}`;
  const contents = createHash('sha256').update(`${node}@${GUEST_NODE_VERSION}\n`);
  const init = Buffer.from(INIT_SCRIPT);
  for (const part of [bundle, addon, commandServer, init]) contents.update(`${part.length}\n`).update(part);
  const dir = path.join(options.cache, 'guest', contents.digest('hex').slice(0, 16));
  if (await isThere(dir)) return dir;
  const nodeDir = await npmPackage(node, GUEST_NODE_VERSION, options);
  await make(dir, {
    guest: path.join(nodeDir, 'bin/node'),
    'guest.cjs': bundle,
    'pty.node': addon,
    'command-server.pl': commandServer,
    'init.sh': init,
  });
  return dir;
}

/** Files by name: their contents, or the path of one that never changes. */
async function make(dir: string, files: Record<string, Buffer | string>): Promise<void> {
  await mkdir(path.dirname(dir), { recursive: true });
  const temporary = await mkdtemp(path.join(path.dirname(dir), '.tmp-'));
  try {
    const whole = path.join(temporary, 'guest');
    await mkdir(whole);
    for (const [name, source] of Object.entries(files)) await place(source, path.join(whole, name));
    // The machine's own shell, by another name.
    await symlink('/bin/sh', path.join(whole, 'init'));
    await chmod(whole, 0o755);
    await rename(whole, dir);
  } catch (error) {
    // Another process was quicker, with the same contents.
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Readable for all whatever the umask: root inside is a stranger to files of an ordinary user. */
async function place(source: Buffer | string, target: string): Promise<void> {
  if (typeof source === 'string') await linkOrCopy(source, target);
  else await writeFile(target, source);
  await chmod(target, 0o755);
}

async function linkOrCopy(source: string, target: string): Promise<void> {
  try {
    await link(source, target);
  } catch (error) {
    if (!['EXDEV', 'EPERM', 'EMLINK'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    await copyFile(source, target);
  }
}

async function isThere(dir: string): Promise<boolean> {
  try {
    return (await stat(dir)).isDirectory();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
