import { rename } from 'node:fs/promises';
import { REASON } from '../../../api/conditions.ts';
import { StalledError } from '../../../errors/reconcile-errors.ts';
import type { Log } from '../../../log/log.ts';
import type { CloneRequest, SourceDriver } from '../driver.ts';
import { adopt } from './adopt.ts';
import { makeClone } from './clone.ts';
import { createGit } from './command.ts';
import { createConfigReader } from './config.ts';
import { cloneFailure } from './errors.ts';
import { createSourceInspector } from './local-source.ts';
import { createKeyedMutex } from './mutex.ts';
import { isBranchName } from './names.ts';
import { identify, observeClone } from './observe.ts';
import type { Reading } from './observe.ts';
import { withPartial } from './partial.ts';
import { hasPassword, redacted } from './remote-url.ts';
import { removeClone } from './remove.ts';
import { findUnsaved } from './unsaved.ts';

export interface GitDriverOptions {
  /** What git runs with: the login shell's environment, for its credentials. */
  env: () => Promise<Record<string, string>>;
  log: Log;
}

/** Clones by the git that is installed, with the user's credentials. */
export function createGitDriver({ env, log }: GitDriverOptions): SourceDriver {
  const git = createGit(env);
  const reading: Reading = {
    git,
    readConfig: createConfigReader(git),
    inspectSource: createSourceInspector(git),
  };
  const mutex = createKeyedMutex();
  return {
    observe: (dir) => observeClone(reading, dir),
    identify,
    unsaved: (dir) => findUnsaved(reading, dir),
    remove: (dir, root) => removeClone(reading, dir, root),
    async ensure(request, options) {
      refuseInvalid(request);
      try {
        if (await adopt(reading, request)) return;
        await withPartial(request.dir, async (partial) => {
          await oneFetchAtATime(request, () => makeClone(reading, request, partial, options));
          await putInPlace(reading, request, partial);
        });
        log.info({ dir: request.dir, workspace: request.workspace }, 'cloned');
      } catch (error) {
        throw cloneFailure(error, request);
      }
    },
  };

  /** A repo on this machine is copied, not fetched: those need not wait for each other. */
  function oneFetchAtATime(request: CloneRequest, work: () => Promise<void>): Promise<void> {
    return request.source.url === undefined ? work() : mutex.exclusive(request.source.url, work);
  }
}

/** The manifest's own checks come first; this is what must hold for git's arguments to mean what they should. */
function refuseInvalid({ branch, source }: CloneRequest): void {
  const fail = (message: string): never => {
    throw new StalledError(REASON.invalidSource, message);
  };
  if (!isBranchName(branch)) fail(`spec.branch: "${branch}" is not a name that git allows for a branch`);
  if ((source.url === undefined) === (source.path === undefined))
    fail('spec.source: exactly one of url and path is needed');
  if (source.url !== undefined && hasPassword(source.url)) {
    fail(`spec.source.url: ${redacted(source.url)} must not hold credentials; use a credential helper or an ssh key`);
  }
}

/** Whoever comes second finds the place taken: by a clone that serves as well, or by something that must not be touched. */
async function putInPlace(reading: Reading, request: CloneRequest, partial: string): Promise<void> {
  try {
    await rename(partial, request.dir);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(code)) throw error;
    if (!(await adopt(reading, request))) throw error;
  }
}
