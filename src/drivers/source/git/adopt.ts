import { REASON } from '../../../api/conditions.ts';
import { StalledError } from '../../../errors/reconcile-errors.ts';
import type { Clone, CloneRequest } from '../driver.ts';
import { OWNER_KEY } from './config.ts';
import { observeClone } from './observe.ts';
import type { Reading } from './observe.ts';
import { isSameRemote, redacted } from './remote-url.ts';

/**
 * Whether what is at `request.dir` may serve as its clone. False: nothing is there. Its branch and files are left as they are;
 * what Dual did not make is marked as this Workspace's from now on.
 * @throws StalledError DirectoryTaken
 */
export async function adopt(reading: Reading, request: CloneRequest): Promise<boolean> {
  const { git } = reading;
  const found = await observeClone(reading, request.dir);
  if (found.kind === 'missing') return false;
  if (found.kind === 'foreign') throw taken(request, found.reason);
  await refuseOthers(reading, found, request);
  if (found.owner === undefined) await git(['-C', request.dir, 'config', '--local', OWNER_KEY, request.workspace]);
  return true;
}

async function refuseOthers(reading: Reading, found: Clone, request: CloneRequest): Promise<void> {
  if (found.owner !== undefined && found.owner !== request.workspace) {
    throw taken(request, `it belongs to Workspace ${found.owner}`);
  }
  if (!(await isFromSource(reading, found, request))) {
    throw taken(request, `it is a clone of ${found.origin ?? 'nothing'}`);
  }
  if (found.owner === undefined && found.branch !== request.branch) {
    throw taken(request, `it was not made by Dual and is on ${found.branch ?? 'no branch'}`);
  }
}

async function isFromSource({ inspectSource }: Reading, found: Clone, request: CloneRequest): Promise<boolean> {
  const { url, path } = request.source;
  if (url !== undefined) return isSameRemote(found.origin, redacted(url));
  if (path === undefined) return false;
  if (isSameRemote(found.origin, path)) return true;
  const { origin } = await inspectSource({ path });
  return isSameRemote(found.origin, redacted(origin));
}

function taken(request: CloneRequest, why: string): StalledError {
  const message = `${request.dir} is needed for branch ${request.branch} of ${request.project}, but ${why}; move it away, or name another branch`;
  return new StalledError(REASON.directoryTaken, message);
}
