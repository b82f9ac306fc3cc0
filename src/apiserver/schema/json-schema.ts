import type { JsonObject, OpenApiSchema } from './openapi.ts';

/** Keywords that JSON Schema does not have, or that say nothing about what is valid. */
const LEFT_OUT = new Set(['default', 'description', 'example', 'externalDocs', 'nullable', 'title']);

/**
 * The JSON Schema of a CRD's schema. Objects are closed unless they say otherwise, so that a field that is not in the schema is an
 * error and not dropped.
 */
export function toJsonSchema(schema: OpenApiSchema): JsonObject {
  const { properties, items, additionalProperties, ...rest } = schema;
  const kept = Object.entries(rest).filter(([keyword]) => !LEFT_OUT.has(keyword) && !keyword.startsWith('x-'));
  return {
    ...Object.fromEntries(kept),
    ...typeOf(schema),
    ...(items ? { items: toJsonSchema(items) } : {}),
    ...(properties ? { properties: mapped(properties) } : {}),
    ...closed(schema, additionalProperties),
  };
}

function mapped(properties: Record<string, OpenApiSchema>): JsonObject {
  return Object.fromEntries(Object.entries(properties).map(([name, child]) => [name, toJsonSchema(child)]));
}

function typeOf(schema: OpenApiSchema): JsonObject {
  if (schema['x-kubernetes-int-or-string']) return { type: ['integer', 'string'] };
  if (!schema.nullable || schema.type === undefined) return {};
  return { type: [schema.type, 'null'], ...(schema.enum ? { enum: [...schema.enum, null] } : {}) };
}

function closed(schema: OpenApiSchema, additional: OpenApiSchema | boolean | undefined): JsonObject {
  if (typeof additional === 'object') return { additionalProperties: toJsonSchema(additional) };
  if (additional !== undefined) return { additionalProperties: additional };
  return schema.properties && !schema['x-kubernetes-preserve-unknown-fields'] ? { additionalProperties: false } : {};
}
