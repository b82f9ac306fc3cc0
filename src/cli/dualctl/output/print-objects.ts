import type { KubeObject } from '../../../api/meta.ts';
import { slashed } from '../objects/reference.ts';
import type { FoundObject } from '../objects/find.ts';
import type { Format } from './format.ts';
import { sortKeys } from './sort-keys.ts';

/** Formats that show objects rather than the server's table. */
export type ObjectFormat = Exclude<Format, { type: 'table' }>;

export interface PrintOptions {
  /** One object as itself, rather than in a List. */
  single: boolean;
  noHeaders?: boolean;
  showManagedFields?: boolean;
}

/** The text for those objects, ready to be written. */
export async function formatObjects(
  format: ObjectFormat,
  found: readonly FoundObject[],
  options: PrintOptions,
): Promise<string> {
  if (format.type === 'name') {
    return found.map(({ resource, object }) => `${slashed(resource, object.metadata.name)}\n`).join('');
  }
  const objects = found.map(({ object }) => (options.showManagedFields ? object : withoutManagedFields(object)));
  if (format.type === 'custom-columns') {
    const { formatCustomColumns } = await import('./custom-columns.ts');
    return formatCustomColumns(format.columns, objects, options.noHeaders === true);
  }
  const document = options.single && objects.length === 1 ? objects[0] : listOf(objects);
  if (format.type === 'jsonpath') return format.template(document);
  return format.type === 'json' ? formatJson(document) : formatYaml(document);
}

export function formatJson(document: unknown): string {
  return `${JSON.stringify(sortKeys(document), null, 4)}\n`;
}

export async function formatYaml(document: unknown): Promise<string> {
  const { stringify } = await import('yaml');
  // YAML 1.1 quotes `on` and `yes`, which older parsers take for booleans.
  return stringify(sortKeys(document), {
    version: '1.1',
    indentSeq: false,
    lineWidth: 0,
    aliasDuplicateObjects: false,
  });
}

function listOf(objects: readonly KubeObject[]): unknown {
  return { apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' }, items: objects };
}

function withoutManagedFields(object: KubeObject): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}
