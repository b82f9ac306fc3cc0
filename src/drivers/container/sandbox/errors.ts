import { REASON } from '../../../api/conditions.ts';
import { asError, RetryError, StalledError } from '../../../errors/reconcile-errors.ts';
import type { EngineProbe } from '../driver.ts';
import { logTail } from './containers.ts';
import type { SandboxFiles } from './files.ts';
import type { SandboxRecord } from './record.ts';

/** Any error as one that a reconcile may throw. Explained ones pass through. */
export function explain(error: unknown, doing: string): Error {
  if (error instanceof StalledError || error instanceof RetryError) return error;
  return new RetryError(REASON.containerFailed, `${doing}: ${asError(error).message}`, { cause: error });
}

/** Lines of the log that are told. */
const LINES = 3;

/** Why a sandbox that was started is not there: none can be made, or this one cannot. */
export async function startFailure(
  files: SandboxFiles,
  name: string,
  probe: () => Promise<EngineProbe>,
): Promise<RetryError> {
  const { available, message } = await probe();
  if (!available) return new RetryError(REASON.driverUnavailable, message);
  const lines = (await logTail(files)).split('\n').filter((line) => line.trim() !== '');
  const said = lines.slice(-LINES).join('; ') || 'it ended without a word';
  return new RetryError(REASON.containerFailed, `${name} does not start: ${said}`);
}

export function nameTaken(record: SandboxRecord, dir: string): StalledError {
  const message =
    `a sandbox of the workspace ${record.owner.workspace} is there already and belongs to another installation of Dual ` +
    `(${record.install}): remove it there, or, when that one is gone, remove the directory ${dir}`;
  return new StalledError(REASON.nameTaken, message);
}
