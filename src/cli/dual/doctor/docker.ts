import type Docker from 'dockerode';
import { createDocker, engineSocket } from '../../../drivers/container/docker/create-docker.ts';
import { engineMessage, isEngineAway, statusOf } from '../../../drivers/container/docker/errors.ts';
import { findProgram } from '../../../exec/find-program.ts';
import type { CheckResult, DoctorContext } from './check.ts';
import { installCommand } from '../../../exec/install-command.ts';

const TIMEOUT_MS = 10_000;
/** What images are made from unless a Project says otherwise. */
const BASE_IMAGE = 'debian:bookworm-slim';

/** The engine, whether this user may use it, and the image that others start from, of which only an engine that answers can tell. */
export async function checkDocker(context: DoctorContext): Promise<CheckResult[]> {
  const name = 'docker';
  try {
    const docker = createDocker(context.env, context.home);
    const { Version: version } = await inTime(docker.version());
    return [{ name, status: 'ok', message: `Docker ${version} answers` }, await checkBaseImage(docker)];
  } catch (error) {
    return [{ name, status: 'missing', ...explain(context, error) }];
  }
}

function explain(context: DoctorContext, error: unknown): { message: string; fix: string } {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM') {
    return {
      message: 'the Docker engine is there, but you may not use it',
      fix: 'sudo usermod -aG docker "$USER" && newgrp docker   (and log in again)',
    };
  }
  // A wrong context or address: the message names it.
  if (!isEngineAway(error)) return { message: engineMessage(error), fix: 'docker context ls' };
  const message = `the Docker engine does not answer: ${engineMessage(error)}`;
  if (context.env['DOCKER_HOST']) return { message, fix: `unset DOCKER_HOST   (it is ${context.env['DOCKER_HOST']})` };
  return { message, fix: engineFix(context) };
}

function engineFix(context: DoctorContext): string {
  if (context.platform === 'darwin') return 'open -a Docker   (to get it: brew install --cask docker)';
  if (!findProgram('dockerd', context.env, ['/usr/bin', '/usr/sbin', '/usr/local/bin'])) {
    return installCommand(context, 'docker', { 'apt-get': 'docker.io', dnf: 'moby-engine' });
  }
  return 'sudo systemctl enable --now docker   (where no systemd runs: sudo dockerd >/dev/null 2>&1 &)';
}

async function checkBaseImage(docker: Docker): Promise<CheckResult> {
  const name = 'base image';
  try {
    await inTime(docker.getImage(BASE_IMAGE).inspect());
    return { name, status: 'ok', message: `${BASE_IMAGE} is there` };
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    const local =
      engineSocket(docker) === undefined ? '' : '   (where no image registry can be reached: hack/base-image)';
    const message = `${BASE_IMAGE} is not there; it is pulled with the first image`;
    return { name, status: 'warning', message, fix: `docker pull ${BASE_IMAGE}${local}` };
  }
}

async function inTime<T>(promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const error = Object.assign(new Error(`no answer within ${TIMEOUT_MS / 1000} s`), { name: 'TimeoutError' });
    timer = setTimeout(() => reject(error), TIMEOUT_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
