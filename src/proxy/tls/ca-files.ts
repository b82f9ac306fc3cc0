import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, rmdirSync, rmSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';

export interface CaFiles {
  certificate: string;
  key: string;
}

/** Of the authority in that directory. */
export function caFiles(dir: string): CaFiles {
  return { certificate: path.join(dir, 'ca.pem'), key: path.join(dir, 'ca.key') };
}

/**
 * Writes both, the key readable for this user alone. The certificate comes last: as long as it is not there, there is no authority.
 * @throws Error EEXIST when one of them is there
 */
export function writeCaFiles(dir: string, content: { certificate: string; key: string }): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const files = caFiles(dir);
  createFile(files.key, content.key, 0o600);
  createFile(files.certificate, content.certificate, 0o644);
}

/** Takes the key away, and so turns https off. The certificate stays, for whoever has to know what is to be taken out of stores. */
export function removeCaKey(dir: string): void {
  rmSync(caFiles(dir).key, { force: true });
}

/** Takes away both, and the directory when nothing else is in it. Nothing to do for what is not there. */
export function removeCaFiles(dir: string): void {
  removeCaKey(dir);
  rmSync(caFiles(dir).certificate, { force: true });
  try {
    rmdirSync(dir);
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** Changes whenever one of the two files is replaced; undefined while one of them is not there. */
export function caFilesStamp(dir: string): string | undefined {
  const { certificate, key } = caFiles(dir);
  const [a, b] = [identityOf(certificate), identityOf(key)];
  return a !== undefined && b !== undefined ? `${a} ${b}` : undefined;
}

function identityOf(file: string): string | undefined {
  const info = statSync(file, { throwIfNoEntry: false, bigint: true });
  return info && `${info.ino}:${info.size}:${info.mtimeNs}`;
}

/** Whole from its first moment on, and never in the place of another. */
function createFile(file: string, content: string, mode: number): void {
  const temporary = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  const descriptor = openSync(temporary, 'wx', mode);
  try {
    writeSync(descriptor, content);
    fsyncSync(descriptor);
    linkSync(temporary, file);
  } finally {
    closeSync(descriptor);
    rmSync(temporary, { force: true });
  }
}
