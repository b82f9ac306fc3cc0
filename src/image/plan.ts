import { createHash } from 'node:crypto';
import path from 'node:path';
import { REASON } from '../api/conditions.ts';
import { RetryError } from '../errors/reconcile-errors.ts';
import type { ImagePlan, ImageRequest } from './builder.ts';
import { detect, RELEVANT_FILES } from './detect.ts';
import { GENERATOR_VERSION } from './dockerfile.ts';
import { npmVersions } from './npm-versions.ts';
import type { NpmOptions } from './npm-cli.ts';
import { UnreadablePackageJson } from './package-json.ts';
import { createPins } from './pins.ts';
import { fingerprint, readRepoFiles } from './read-files.ts';
import type { Requirement } from './requirement.ts';
import { createResolver, resolveTools } from './resolve.ts';
import type { Architecture } from './resolve.ts';

export interface PlannerOptions extends NpmOptions {
  /** Dual's state: which versions were chosen is kept there. */
  state: string;
  install: string;
  /** Whether names with the engine get the install's short id. */
  isolated: boolean;
  architecture: Architecture;
  /** What the image has to trust beside the public certificates; part of what it depends on. */
  certificates: () => Promise<string[]>;
}

export interface ImagePlanner {
  plan(request: ImageRequest): Promise<ImagePlan>;
}

export function createImagePlanner(options: PlannerOptions): ImagePlanner {
  const requirementsOf = createDetection();
  const pinned = createPins(path.join(options.state, 'versions'));
  const resolve = createResolver((name, maxAge) => npmVersions(name, options, maxAge), options.architecture);
  return {
    async plan(request) {
      const requirements = await requirementsOf(request.worktree);
      const tools = await resolveTools(requirements, pinned(request.project, resolve));
      const { project, base, setup } = request;
      const packages = [...new Set(request.packages)].sort();
      const inputsHash = hashOf([
        GENERATOR_VERSION,
        options.architecture,
        base,
        packages,
        setup,
        tools.map(({ name, version }) => [name, version]),
        await options.certificates(),
      ]);
      return {
        project,
        ref: refOf(project, inputsHash, options),
        inputsHash,
        base,
        packages,
        setup,
        tools,
        lacking: [],
      };
    },
  };
}

function hashOf(inputs: unknown[]): string {
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex');
}

function refOf(project: string, inputsHash: string, options: PlannerOptions): string {
  const repository = options.isolated ? `${project}-${options.install.slice(0, 6)}` : project;
  return `dual/${repository.toLowerCase()}:${inputsHash.slice(0, 12)}`;
}

/** Reads and understands a worktree's files only when one of them has changed. */
function createDetection(): (worktree: string) => Promise<Requirement[]> {
  const seen = new Map<string, { fingerprint: string; requirements: Requirement[] }>();
  return async (worktree) => {
    const current = await fingerprint(worktree, RELEVANT_FILES);
    const last = seen.get(worktree);
    if (last?.fingerprint === current) return last.requirements;
    try {
      const requirements = detect(await readRepoFiles(worktree, RELEVANT_FILES));
      seen.set(worktree, { fingerprint: current, requirements });
      return requirements;
    } catch (error) {
      // Half-written, or in the middle of a merge: what it said before holds until it can be read again.
      if (error instanceof UnreadablePackageJson && last) return last.requirements;
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw worktreeGone(worktree, error);
      throw error;
    }
  };
}

function worktreeGone(worktree: string, cause: unknown): Error {
  return new RetryError(REASON.unknownVersion, `${worktree} is not there, so what it needs is unknown`, { cause });
}
