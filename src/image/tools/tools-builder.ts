import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { ImageBuilder, ImagePlan } from '../builder.ts';
import type { Environment } from '../npm-cli.ts';
import { createToolPlanner, hashOf, hostArchitecture } from '../plan-tools.ts';
import { createSharedWork } from '../shared-work.ts';
import { fetchTools } from '../tool-files.ts';
import { createWholeDirectory, isThere } from '../whole-directory.ts';
import { createHostLook } from './host-look.ts';
import { lackingOnHost } from './host-lacks.ts';
import { materialise } from './materialise.ts';
import { setPackagesApart } from './packages-apart.ts';

/** Goes up whenever such a directory is laid out in another way: all of them are then made anew. */
const LAYOUT_VERSION = 1;

export interface ToolsBuilderOptions {
  /** Directory for what is fetched; the directories of tools are made in it, since they share files by hard links. */
  cache: string;
  /** Dual's state: the versions that were chosen are kept there. */
  state: string;
  /** The user's: PATH, proxies, certificates, npm's settings. */
  env: Environment;
}

const shared = createSharedWork<void>();

/**
 * Directories with what a repo asks for, laid out as /usr/local is, for machines on the host's own file system. Those that nobody asks
 * for any more are left where they are.
 */
export function createToolsBuilder(options: ToolsBuilderOptions): ImageBuilder {
  const architecture = hostArchitecture();
  const planTools = createToolPlanner({ ...options, architecture });
  const look = createHostLook(options.env);
  return {
    async plan(request) {
      const { tools, findings } = await planTools(request);
      const contents = tools.map(({ name, version }) => [name, version]);
      const inputsHash = hashOf([LAYOUT_VERSION, architecture, contents]);
      const ref = refOf(options.cache, request.project, { tools, inputsHash });
      const host = await look({ findings, request });
      const { project, base, setup } = request;
      const packages = [...new Set(request.packages)].sort();
      const lacking = lackingOnHost({ findings, base, packages, setup }, host);
      return { project, ref, inputsHash, base, packages, setup, tools, lacking };
    },
    exists: async ({ ref }) => ref === '' || isThere(ref),
    async build(plan, build) {
      if (plan.ref === '' || (await isThere(plan.ref))) return;
      const make = (signal: AbortSignal): Promise<void> =>
        createWholeDirectory(plan.ref, async (temporary) => {
          const files = await fetchTools(plan.tools, architecture, { ...options, ...build, signal });
          const root = path.join(temporary, 'tools');
          await mkdir(root);
          for (const [index, entries] of files.entries()) {
            await materialise(entries, { root, base: plan.tools[index]?.name ?? '', signal });
          }
          await setPackagesApart(root);
          return root;
        });
      await shared(plan.ref, make, build.signal);
    },
  };
}

/** A repo that asks for no tool gets none. */
function refOf(cache: string, project: string, { tools, inputsHash }: Pick<ImagePlan, 'tools' | 'inputsHash'>): string {
  return tools.length === 0 ? '' : path.resolve(cache, 'tools', `${project}-${inputsHash.slice(0, 12)}`);
}
