import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';
import type { CheckResult, DoctorContext } from './check.ts';
import { quote } from '../quote.ts';

/** Socket paths end at 107 bytes; guests add `/r/` and ten characters to the state directory. */
const MAX_STATE = 107 - '/r/00000000/s'.length;

export async function checkDirectories({ paths }: DoctorContext): Promise<CheckResult[]> {
  const dirs = { manifests: paths.manifests, state: paths.state, workspaces: paths.workspaces };
  const results = await Promise.all(Object.entries(dirs).map(([name, dir]) => checkWritable(name, dir)));
  return [...results, ...(await checkPrivate(paths.state)), ...checkLength(paths.state)];
}

async function checkWritable(which: string, dir: string): Promise<CheckResult> {
  const name = `directory ${which}`;
  const there = await nearestExisting(dir);
  const uid = process.getuid?.() ?? 0;
  if (!there.isDirectory) {
    return {
      name,
      status: 'missing',
      message: `${there.path} is not a directory`,
      fix: `mv ${quote(there.path)} ${quote(`${there.path}.old`)}`,
    };
  }
  if (await isWritable(there.path)) {
    return { name, status: 'ok', message: there.path === dir ? dir : `${dir} (made when it is needed)` };
  }
  return {
    name,
    status: 'missing',
    message: `${there.path} is not writable for you`,
    fix: `sudo install -d -o ${uid} -g ${process.getgid?.() ?? 0} ${quote(dir)}`,
  };
}

/** Whoever can enter the state directory could reach the sockets in it. */
async function checkPrivate(state: string): Promise<CheckResult[]> {
  const info = await statOrUndefined(state);
  if (!info || (info.mode & 0o077) === 0) return [];
  return [
    {
      name: 'directory state',
      status: 'warning',
      message: `${state} is open to other users (mode ${(info.mode & 0o777).toString(8)})`,
      fix: `chmod 700 ${quote(state)}`,
    },
  ];
}

function checkLength(state: string): CheckResult[] {
  const bytes = Buffer.byteLength(state);
  if (bytes <= MAX_STATE) return [];
  return [
    {
      name: 'directory state',
      status: 'missing',
      message: `${state} is ${bytes} bytes long; sockets in it need a path of at most ${MAX_STATE}`,
      fix: 'set XDG_STATE_HOME (or DUAL_HOME) to a shorter directory',
    },
  ];
}

async function nearestExisting(dir: string): Promise<{ path: string; isDirectory: boolean }> {
  const info = await statOrUndefined(dir);
  if (info) return { path: dir, isDirectory: info.isDirectory() };
  return nearestExisting(path.dirname(dir));
}

async function statOrUndefined(file: string): Promise<{ mode: number; isDirectory(): boolean } | undefined> {
  try {
    return await stat(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // A file or a closed directory further up is found by the look at the parent.
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') return undefined;
    throw error;
  }
}

async function isWritable(dir: string): Promise<boolean> {
  try {
    await access(dir, constants.W_OK | constants.X_OK);
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return false;
    throw error;
  }
}
