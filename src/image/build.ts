import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import type Docker from 'dockerode';
import { REASON } from '../api/conditions.ts';
import { LABEL_INSTALL, LABEL_PROJECT } from '../api/labels.ts';
import { engineAway, engineMessage, isEngineAway, statusOf } from '../drivers/container/docker/errors.ts';
import { createKeyedLock } from '../exec/keyed-lock.ts';
import { RetryError, StalledError } from '../errors/reconcile-errors.ts';
import type { Log } from '../log/log.ts';
import { ensureBaseImage } from './base-image.ts';
import { buildNetwork } from './build-network.ts';
import { followBuild } from './build-output.ts';
import type { BuildOptions, ImageBuilder, ImagePlan } from './builder.ts';
import { contextStream } from './context.ts';
import type { ContextEntry } from './context.ts';
import { CERTIFICATES_DIR, CERTIFICATES_FILE, instructions, renderDockerfile } from './dockerfile.ts';
import type { Instruction } from './dockerfile.ts';
import { hostCertificates } from './host-certificates.ts';
import type { Environment } from './npm-cli.ts';
import { createImagePlanner } from './plan.ts';
import { hostArchitecture } from './plan-tools.ts';
import { fetchTools } from './tool-files.ts';
import type { Architecture } from './resolve.ts';

/** Of an image: the hash of everything that it depends on. */
const LABEL_INPUTS_HASH = 'dual.dev/inputs-hash';

export interface ImageBuilderOptions {
  docker: Docker;
  /** Directory for what is fetched. */
  cache: string;
  /** Dual's state: logs of builds and the versions that were chosen are kept there. */
  state: string;
  install: string;
  /** Whether names with the engine get the install's short id. */
  isolated: boolean;
  log: Log;
  /** The user's: PATH, proxies, certificates, npm's settings. */
  env: Environment;
}

interface Context extends ImageBuilderOptions {
  architecture: Architecture;
  certificates: () => Promise<string[]>;
}

/** Images from a generated Dockerfile, built by a Docker engine. */
export function createImageBuilder(options: ImageBuilderOptions): ImageBuilder {
  const certificates = once(() => hostCertificates(options.env));
  const context: Context = { ...options, certificates, architecture: hostArchitecture() };
  const planner = createImagePlanner(context);
  const lock = createKeyedLock();
  return {
    plan: (request) => planner.plan(request),
    exists: (plan) => explained(() => exists(context, plan)),
    build: (plan, build) =>
      explained(async () => {
        // Projects on the same base share their first layers: the first one makes them, the others find them made.
        const release = await lock(commonKey(plan), build.signal);
        try {
          await buildImage(context, plan, { ...build, release });
        } catch (error) {
          build.signal.throwIfAborted();
          throw error;
        } finally {
          release();
        }
      }),
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isEngineAway(error)) throw new RetryError(REASON.driverUnavailable, engineAway(error), { cause: error });
    throw error;
  }
}

async function exists({ docker, install }: Context, plan: ImagePlan): Promise<boolean> {
  try {
    const { Labels: labels } = (await docker.getImage(plan.ref).inspect()).Config;
    return labels?.[LABEL_INSTALL] === install && labels[LABEL_INPUTS_HASH] === plan.inputsHash;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw error;
  }
}

function commonKey(plan: ImagePlan): string {
  return createHash('sha256').update(plan.base).digest('hex');
}

type Build = BuildOptions & { release: () => void };

async function buildImage(context: Context, plan: ImagePlan, build: Build): Promise<void> {
  if (await exists(context, plan)) return;
  const twin = await sameImage(context, plan);
  if (twin !== undefined) return runBuild(context, plan, build, { entries: [], steps: [sameAs(twin)] });
  await ensureBaseImage(context.docker, plan.base, build);
  const certificates = await context.certificates();
  const steps = instructions(plan, { certificates: certificates.length > 0 });
  const { onProgress, signal } = build;
  const files = await fetchTools(plan.tools, context.architecture, { ...context, signal, onProgress });
  const entries = [...files.flat(), ...certificateFiles(certificates)];
  await runBuild(context, plan, build, { entries, steps });
}

/** An image of another project with the same inputs: it needs but other labels. */
async function sameImage({ docker, install }: Context, plan: ImagePlan): Promise<string | undefined> {
  const label = [`${LABEL_INSTALL}=${install}`, `${LABEL_INPUTS_HASH}=${plan.inputsHash}`];
  const [image] = await docker.listImages({ filters: { label } });
  return image?.Id;
}

function sameAs(image: string): Instruction {
  return { text: `FROM ${image}`, title: 'starting from the same image of another project', common: false };
}

function certificateFiles(certificates: string[]): ContextEntry[] {
  if (certificates.length === 0) return [];
  const single = certificates.map((content, index): ContextEntry => {
    const number = String(index + 1).padStart(2, '0');
    return { kind: 'file', path: `${CERTIFICATES_DIR}/host-${number}.crt`, content };
  });
  return [...single, { kind: 'file', path: CERTIFICATES_FILE, content: certificates.join('') }];
}

interface Recipe {
  steps: Instruction[];
  entries: ContextEntry[];
}

async function runBuild(context: Context, plan: ImagePlan, build: Build, recipe: Recipe): Promise<void> {
  const { docker, state, install, env } = context;
  const logFile = path.join(state, 'logs/images', `${plan.inputsHash.slice(0, 12)}.log`);
  await mkdir(path.dirname(logFile), { recursive: true, mode: 0o700 });
  const log = createWriteStream(logFile, { mode: 0o600 });
  const firstOwn = recipe.steps.findIndex((step) => !step.common);
  const dockerfile: ContextEntry = { kind: 'file', path: 'Dockerfile', content: renderDockerfile(recipe.steps) };
  const tarball = contextStream([dockerfile, ...recipe.entries]);
  try {
    const stream = await docker.buildImage(tarball, {
      t: plan.ref,
      labels: { [LABEL_INSTALL]: install, [LABEL_PROJECT]: plan.project, [LABEL_INPUTS_HASH]: plan.inputsHash },
      rm: true,
      forcerm: true,
      abortSignal: build.signal,
      ...buildNetwork(env),
    });
    await followBuild(stream, {
      instructions: recipe.steps,
      onProgress: build.onProgress,
      onStep: (index) => {
        if (firstOwn >= 0 && index >= firstOwn) build.release();
      },
      log: (text) => void log.write(text),
      logFile,
    });
  } catch (error) {
    throw refused(error);
  } finally {
    tarball.destroy();
    log.end();
    await finished(log);
  }
}

/** The engine refuses a build before its first step when the Dockerfile or the context is wrong. */
function refused(error: unknown): unknown {
  const status = statusOf(error);
  if (status === undefined || status >= 500) return error;
  return new StalledError(REASON.buildFailed, `the engine refused the build: ${engineMessage(error)}`, {
    cause: error,
  });
}
