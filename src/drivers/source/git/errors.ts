import { REASON } from '../../../api/conditions.ts';
import { RetryError, StalledError } from '../../../errors/reconcile-errors.ts';
import { CommandError } from '../../../exec/run.ts';
import type { CloneRequest } from '../driver.ts';
import { redacted } from './remote-url.ts';

const NO_REPO = /does not exist|does not appear to be a git repository|not a git repository|cannot change to/i;
const NOT_REACHED =
  /could not read from remote|unable to access|could not resolve|repository .*not found|does not appear to be|does not exist|not a git repository|authentication failed|could not read (username|password)|unable to connect|connection|timed out|early eof|hung up|remote error|unexpected disconnect|dns|returned error/i;
/** Said after the cause and telling nothing of it. */
const BOILERPLATE =
  /^(fatal: could not read from remote repository\.?|please make sure you have.*|and the repository exists\.?|error: (index-pack died|early eof).*)$/i;
const PROGRESS = /^(remote: )?[A-Z][a-z]+( [a-z]+)*:\s+\d+%|^Cloning into |^(hint|warning):/;

/** What git said was wrong, in one line and without credentials. */
export function reasonOf(error: CommandError): string {
  const lines = error.stderr
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !PROGRESS.test(line));
  const telling = lines.filter((line) => !BOILERPLATE.test(line)).at(-1) ?? lines.at(-1) ?? error.message;
  return redacted(telling.replace(/^(fatal|error): /, ''));
}

/** Git looks away from repos of other users, since their config could run anything. */
export function isForeignOwner(error: CommandError): boolean {
  return /dubious ownership/.test(error.stderr);
}

export function foreignOwnerRemedy(dir: string): string {
  return `it belongs to another user; give it to yourself, or trust it with: git config --global --add safe.directory '${dir}'`;
}

/** What went wrong while a clone was made, as the error that says what comes next. Anything but git's failures is passed on. */
export function cloneFailure(error: unknown, request: CloneRequest): unknown {
  if (!(error instanceof CommandError)) return error;
  const { source } = request;
  if (error.code !== 'Failed') return new RetryError(REASON.cloneFailed, error.message, { cause: error });
  const refused = /transport '([^']+)' not allowed/.exec(error.stderr)?.[1];
  if (refused !== undefined) {
    return new StalledError(REASON.invalidSource, `git does not allow the transport "${refused}" here`, {
      cause: error,
    });
  }
  return source.url === undefined ? localFailure(error, source.path ?? '') : remoteFailure(error, source.url);
}

function localFailure(error: CommandError, path: string): Error {
  if (isForeignOwner(error)) {
    return new StalledError(REASON.invalidSource, `${path} cannot be cloned: ${foreignOwnerRemedy(path)}`, {
      cause: error,
    });
  }
  if (NO_REPO.test(error.stderr)) {
    const message = `spec.source.path: ${path} is not a git repository; name the top directory of one`;
    return new StalledError(REASON.invalidSource, message, { cause: error });
  }
  return new RetryError(REASON.cloneFailed, `cloning ${path} failed: ${reasonOf(error)}`, { cause: error });
}

function remoteFailure(error: CommandError, url: string): Error {
  const shown = redacted(url);
  if (NOT_REACHED.test(error.stderr)) {
    return new RetryError(REASON.sourceUnreachable, `${shown} cannot be reached: ${reasonOf(error)}`, { cause: error });
  }
  return new RetryError(REASON.cloneFailed, `cloning ${shown} failed: ${reasonOf(error)}`, { cause: error });
}
