import { REASON } from '../../../api/conditions.ts';
import { RetryError, StalledError } from '../../../errors/reconcile-errors.ts';

/** HTTP status of what the engine answered, when it answered at all. */
export function statusOf(error: unknown): number | undefined {
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' ? status : undefined;
}

/** What the engine says is wrong, without the client library's wrapping. */
export function engineMessage(error: unknown): string {
  const body = (error as { json?: { message?: unknown } } | null)?.json;
  if (typeof body?.message === 'string') return body.message;
  return error instanceof Error ? error.message : String(error);
}

const AWAY = new Set('ECONNREFUSED ENOENT EACCES EPERM ECONNRESET EPIPE ETIMEDOUT ENOTFOUND EHOSTUNREACH'.split(' '));
const NETWORK_CALLS = new Set([undefined, 'connect', 'read', 'write', 'getaddrinfo']);

/** Whether the engine could not be asked at all. */
export function isEngineAway(error: unknown): boolean {
  if (statusOf(error) !== undefined) return false;
  const { code, name, syscall } = (error ?? {}) as { code?: string; name?: string; syscall?: string };
  if (name === 'TimeoutError') return true;
  return code !== undefined && AWAY.has(code) && NETWORK_CALLS.has(syscall);
}

/** One sentence for people: why the engine does not answer, and what to do. */
export function engineAway(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: string; name?: string };
  if (code === 'EACCES' || code === 'EPERM') {
    return 'Docker may not be used by this user: run `sudo usermod -aG docker $USER` and log in again';
  }
  if (name === 'TimeoutError')
    return 'Docker does not answer in time: see `docker info`, and restart it when that hangs too';
  return `Docker does not answer (${engineMessage(error)}): start it (\`sudo systemctl start docker\`, or hack/setup), or set DOCKER_HOST`;
}

/** Any error of a call to the engine as one that a reconcile may throw. Explained ones pass through. */
export function explain(error: unknown, doing: string): Error {
  if (error instanceof StalledError || error instanceof RetryError) return error;
  if (isEngineAway(error)) return new RetryError(REASON.driverUnavailable, engineAway(error), { cause: error });
  return new RetryError(REASON.containerFailed, `${doing}: ${engineMessage(error)}`, { cause: error });
}
