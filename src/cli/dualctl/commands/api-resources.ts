import type { Command } from 'commander';
import { GROUP, VERSION } from '../../../api/scheme.ts';
import type { Client } from '../../../client/client.ts';
import type { Context } from '../../shared/context.ts';
import { withClient } from '../../shared/connect.ts';
import { formatTable } from '../../shared/table.ts';
import { addOutputFlag, type Format, parseFormat } from '../output/format.ts';

const FORMATS = ['wide', 'name'];

/** One entry of an APIResourceList. */
interface ApiResource {
  name: string;
  kind: string;
  namespaced: boolean;
  shortNames?: string[];
  verbs: string[];
  categories?: string[];
}

interface ListedResource extends ApiResource {
  groupVersion: string;
}

interface ResourceOptions {
  headers: boolean;
  output?: string;
  namespaced?: string;
  apiGroup?: string;
}

export function configureApiResources(command: Command, context: Context): void {
  addOutputFlag(command, FORMATS)
    .option('--no-headers', 'leave the header line out')
    .option('--namespaced <bool>', 'only kinds that are in a namespace (true), or only those that are not (false)')
    .option('--api-group <group>', 'only kinds of this group')
    .addHelpText('after', '\nExamples:\n  dualctl api-resources\n  dualctl api-resources --api-group=dual.dev -o name')
    .action(async () => {
      const options = command.opts<ResourceOptions>();
      const format = await parseFormat(options.output, FORMATS);
      const resources = await withClient(context, readResources);
      const shown = resources.filter((resource) => isWanted(resource, options));
      context.stdout.write(formatResources(shown, format, options.headers));
    });
}

/** What the server itself says that it has; subresources are left out. */
async function readResources(client: Client): Promise<ListedResource[]> {
  const paths = ['/api/v1', `/apis/${GROUP}/${VERSION}`];
  const answers = await Promise.all(paths.map(async (path) => client.raw(path, { accept: 'application/json' })));
  return answers.flatMap((answer) => {
    const { groupVersion, resources } = JSON.parse(answer) as { groupVersion: string; resources: ApiResource[] };
    const listed = resources.filter((resource) => !resource.name.includes('/'));
    return listed.map((resource) => ({ ...resource, groupVersion }));
  });
}

function isWanted(resource: ListedResource, options: ResourceOptions): boolean {
  const byNamespace = options.namespaced === undefined || String(resource.namespaced) === options.namespaced;
  return byNamespace && (options.apiGroup === undefined || groupOf(resource) === options.apiGroup);
}

function groupOf(resource: ListedResource): string {
  return resource.groupVersion.includes('/') ? (resource.groupVersion.split('/')[0] ?? '') : '';
}

function formatResources(resources: readonly ListedResource[], format: Format, withHeaders: boolean): string {
  if (format.type === 'name') {
    return resources.map((resource) => `${[resource.name, groupOf(resource)].filter(Boolean).join('.')}\n`).join('');
  }
  const wide = format.type === 'table' && format.wide;
  const headers = ['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND', ...(wide ? ['VERBS', 'CATEGORIES'] : [])];
  const rows = resources.map((resource) => [
    resource.name,
    (resource.shortNames ?? []).join(','),
    resource.groupVersion,
    String(resource.namespaced),
    resource.kind,
    ...(wide ? [resource.verbs.join(','), (resource.categories ?? []).join(',')] : []),
  ]);
  return formatTable(withHeaders ? headers : [], rows);
}
