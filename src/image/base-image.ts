import type Docker from 'dockerode';
import { REASON } from '../api/conditions.ts';
import { engineMessage, statusOf } from '../drivers/container/docker/errors.ts';
import { jsonLines } from '../drivers/container/docker/json-lines.ts';
import { StalledError } from '../errors/reconcile-errors.ts';
import type { BuildOptions } from './builder.ts';

/** Milliseconds without a sign of life from the registry. */
const SILENCE = 20_000;

/** Brings the base image when it is missing. @throws StalledError BaseImageMissing */
export async function ensureBaseImage(docker: Docker, base: string, options: BuildOptions): Promise<void> {
  if (await isThere(docker, base)) return;
  options.onProgress(`pulling ${base}`);
  try {
    await pull(docker, base, options);
  } catch (error) {
    options.signal.throwIfAborted();
    throw missing(base, error);
  }
}

async function isThere(docker: Docker, base: string): Promise<boolean> {
  try {
    await docker.getImage(base).inspect();
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw error;
  }
}

async function pull(docker: Docker, base: string, options: BuildOptions): Promise<void> {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new Error(`no answer for ${SILENCE / 1000} s`)), SILENCE);
  try {
    const abortSignal = AbortSignal.any([silence.signal, options.signal]);
    const stream = await docker.pull(base, { abortSignal });
    for await (const message of jsonLines(stream)) {
      timer.refresh();
      if (typeof message['error'] === 'string') throw new Error(message['error']);
    }
  } catch (error) {
    throw silence.signal.aborted ? silence.signal.reason : error;
  } finally {
    clearTimeout(timer);
  }
}

function missing(base: string, cause: unknown): StalledError {
  const local = base.startsWith('debian:') ? `, or hack/base-image ${base} where no image registry can be reached` : '';
  const message = `the base image ${base} is not on this machine and could not be pulled (${engineMessage(cause)}): run \`docker pull ${base}\`${local}`;
  return new StalledError(REASON.baseImageMissing, message, { cause });
}
