import type { OpenApiSchema } from './openapi.ts';
import { isObject } from './openapi.ts';

/**
 * A copy with the schema's defaults filled in, as Kubernetes does: a null where the schema has a default and allows no null counts
 * as left out, and defaults apply within defaults.
 */
export function withDefaults<T>(value: T, schema: OpenApiSchema): T {
  return walk(value, schema) as T;
}

function walk(value: unknown, schema: OpenApiSchema): unknown {
  if (Array.isArray(value)) return schema.items ? value.map((item) => walk(item, schema.items!)) : value;
  if (!isObject(value)) return value;
  const result = { ...value };
  for (const [name, child] of Object.entries(schema.properties ?? {})) {
    const given = fieldOf(value, name, child);
    if (given === undefined) delete result[name];
    else result[name] = walk(given, child);
  }
  return typeof schema.additionalProperties === 'object' ? mapValues(result, schema.additionalProperties) : result;
}

function fieldOf(value: Record<string, unknown>, name: string, schema: OpenApiSchema): unknown {
  const given = Object.hasOwn(value, name) ? value[name] : undefined;
  const leftOut = given === undefined || (given === null && schema.default !== undefined && !schema.nullable);
  return leftOut ? structuredClone(schema.default) : given;
}

function mapValues(value: Record<string, unknown>, schema: OpenApiSchema): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, walk(child, schema)]));
}
