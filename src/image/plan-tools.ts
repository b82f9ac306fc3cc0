import { createHash } from 'node:crypto';
import path from 'node:path';
import type { ImageRequest, Tool } from './builder.ts';
import { createDetection } from './detection.ts';
import type { RepoFindings } from './detect.ts';
import type { NpmOptions } from './npm-cli.ts';
import { npmVersions } from './npm-versions.ts';
import { createPins } from './pins.ts';
import { createResolver, resolveTools } from './resolve.ts';
import type { Architecture } from './resolve.ts';

export interface ToolPlannerOptions extends NpmOptions {
  /** Dual's state: which versions were chosen is kept there. */
  state: string;
  architecture: Architecture;
}

export interface ToolPlan {
  /** Exact versions, the same for a project whatever its machines are made from. */
  tools: Tool[];
  findings: RepoFindings;
}

type Planned = Pick<ImageRequest, 'project' | 'worktree'>;

/** What a repo asks for, with exact versions. @throws as ImageBuilder.plan does */
export function createToolPlanner(options: ToolPlannerOptions): (request: Planned) => Promise<ToolPlan> {
  const findingsOf = createDetection();
  const pinned = createPins(path.join(options.state, 'versions'));
  const resolve = createResolver((name, maxAge) => npmVersions(name, options, maxAge), options.architecture);
  return async ({ project, worktree }) => {
    const findings = await findingsOf(worktree);
    return { findings, tools: await resolveTools(findings.tools, pinned(project, resolve)) };
  };
}

/** SHA-256, hex. */
export function hashOf(inputs: unknown[]): string {
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex');
}

export function hostArchitecture(): Architecture {
  return process.arch === 'arm64' ? 'arm64' : 'x64';
}
