import { statfs } from 'node:fs/promises';
import { REASON } from '../../../api/conditions.ts';
import { asError, RetryError, StalledError } from '../../../errors/reconcile-errors.ts';
import type { EngineProbe } from '../driver.ts';
import type { SandboxFiles } from './files.ts';
import { lastWords } from './log-file.ts';
import type { SandboxRecord } from './record.ts';

/** Any error as one that a reconcile may throw. Explained ones pass through. */
export function explain(error: unknown, doing: string): Error {
  if (error instanceof StalledError || error instanceof RetryError) return error;
  return new RetryError(REASON.containerFailed, `${doing}: ${asError(error).message}`, { cause: error });
}

/** Lines of the log that are told. */
const LINES = 3;
/** Bytes that a start needs at least for what its scripts write. */
const LEAST_SPACE = 64 * 1024;

/** Why a sandbox that was started is not there: none can be made, or this one cannot. */
export async function startFailure(
  files: SandboxFiles,
  name: string,
  probe: () => Promise<EngineProbe>,
): Promise<RetryError> {
  const { available, message } = await probe();
  if (!available) return new RetryError(REASON.driverUnavailable, message);
  const said = (await lastWords(files, LINES)).join('; ') || (await wordless(files.dir));
  return new RetryError(REASON.containerFailed, `${name} does not start: ${said}`);
}

/** What is out of reach when its log could not be written. */
async function wordless(dir: string): Promise<string> {
  const { bavail, bsize, files, ffree } = await statfs(dir);
  const isFull = bavail * bsize < LEAST_SPACE || (files > 0 && ffree === 0);
  return isFull ? `no space is left on the disk of ${dir} (ENOSPC): free some` : 'it ended without a word';
}

export function lockHeld(lock: string): RetryError {
  return new RetryError(REASON.containerFailed, `another keeper holds ${lock}; end that process (fuser -v ${lock})`);
}

export function nameTaken(record: SandboxRecord, dir: string): StalledError {
  const message =
    `a sandbox of the workspace ${record.owner.workspace} is there already and belongs to another installation of Dual ` +
    `(${record.install}): remove it there, or, when that one is gone, remove the directory ${dir}`;
  return new StalledError(REASON.nameTaken, message);
}
