import type { ImagePlan, ImageRequest } from './builder.ts';
import { GENERATOR_VERSION } from './dockerfile.ts';
import { lackingInImage } from './image-lacks.ts';
import { createToolPlanner, hashOf } from './plan-tools.ts';
import type { ToolPlannerOptions } from './plan-tools.ts';

export interface PlannerOptions extends ToolPlannerOptions {
  install: string;
  /** Whether names with the engine get the install's short id. */
  isolated: boolean;
  /** What the image has to trust beside the public certificates; part of what it depends on. */
  certificates: () => Promise<string[]>;
}

export interface ImagePlanner {
  plan(request: ImageRequest): Promise<ImagePlan>;
}

export function createImagePlanner(options: PlannerOptions): ImagePlanner {
  const planTools = createToolPlanner(options);
  return {
    async plan(request) {
      const { tools, findings } = await planTools(request);
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
      const ref = refOf(project, inputsHash, options);
      return { project, ref, inputsHash, base, packages, setup, tools, lacking: lackingInImage(findings, packages) };
    },
  };
}

function refOf(project: string, inputsHash: string, options: PlannerOptions): string {
  const repository = options.isolated ? `${project}-${options.install.slice(0, 6)}` : project;
  return `dual/${repository.toLowerCase()}:${inputsHash.slice(0, 12)}`;
}
