import type { StatusCause } from '../../api/meta.ts';
import type { OpenApiSchema } from './openapi.ts';
import { isObject } from './openapi.ts';

/** Items of keyed lists (`x-kubernetes-list-type: map`) and of sets that are there twice. */
export function duplicates(value: unknown, schema: OpenApiSchema, path = ''): StatusCause[] {
  if (Array.isArray(value)) return [...inList(value, schema, path), ...inItems(value, schema, path)];
  if (!isObject(value)) return [];
  return Object.entries(schema.properties ?? {}).flatMap(([name, child]) =>
    Object.hasOwn(value, name) ? duplicates(value[name], child, path === '' ? name : `${path}.${name}`) : [],
  );
}

function inItems(items: unknown[], schema: OpenApiSchema, path: string): StatusCause[] {
  return items.flatMap((item, index) => duplicates(item, schema.items ?? {}, `${path}[${index}]`));
}

function inList(items: unknown[], schema: OpenApiSchema, path: string): StatusCause[] {
  const keyOf = identity(schema);
  return keyOf ? repeated(items, keyOf, path) : [];
}

function identity(schema: OpenApiSchema): ((item: unknown) => unknown) | undefined {
  const keys = schema['x-kubernetes-list-map-keys'];
  if (schema['x-kubernetes-list-type'] === 'set') return (item) => item;
  if (schema['x-kubernetes-list-type'] !== 'map' || !keys) return undefined;
  return (item) => {
    if (!isObject(item) || keys.some((key) => item[key] === undefined)) return undefined;
    return Object.fromEntries(keys.map((key) => [key, item[key]]));
  };
}

/** A cause for each item whose key an earlier one has; undefined is no key. The key is what is shown, never the whole item. */
export function repeated(items: unknown[], keyOf: (item: unknown) => unknown, path: string): StatusCause[] {
  const seen = new Set<string>();
  return items.flatMap((item, index) => {
    const key = JSON.stringify(keyOf(item));
    if (key === undefined) return [];
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    return [{ reason: 'FieldValueDuplicate', message: `Duplicate value: ${key}`, field: `${path}[${index}]` }];
  });
}
