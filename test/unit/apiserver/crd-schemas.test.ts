import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { packageRoot } from '../../../src/config/package-root.ts';

interface Schema {
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema | boolean;
  not?: Schema;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
}

/** Those of a CRD's structural schema, as the Kubernetes API has them. */
const KEYWORDS = new Set([
  ...['type', 'format', 'title', 'description', 'default', 'example', 'externalDocs', 'nullable', 'enum'],
  ...['properties', 'additionalProperties', 'required', 'minProperties', 'maxProperties'],
  ...['items', 'minItems', 'maxItems', 'uniqueItems', 'minLength', 'maxLength', 'pattern'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'allOf', 'anyOf', 'oneOf', 'not'],
  ...['list-type', 'list-map-keys', 'map-type', 'int-or-string', 'preserve-unknown-fields', 'validations'].map(
    (name) => `x-kubernetes-${name}`,
  ),
]);

/** `path: what is wrong` of the schema and of all within it. */
function faults(schema: Schema, at: string): string[] {
  const own = Object.entries(schema).flatMap(([keyword, value]) => {
    if (!KEYWORDS.has(keyword)) return [`${at}: unknown keyword "${keyword}"`];
    return keyword === 'description' && typeof value !== 'string' ? [`${at}: its description is no text`] : [];
  });
  return [...own, ...Object.entries(within(schema)).flatMap(([name, child]) => faults(child, `${at}.${name}`))];
}

function within({ properties, items, additionalProperties, not, allOf, anyOf, oneOf }: Schema): Record<string, Schema> {
  const variants = [...(allOf ?? []), ...(anyOf ?? []), ...(oneOf ?? [])];
  return {
    ...Object.fromEntries(variants.map((variant, index) => [`(${index})`, variant])),
    ...(items && { '[]': items }),
    ...(not && { '(not)': not }),
    ...(typeof additionalProperties === 'object' && { '*': additionalProperties }),
    ...properties,
  };
}

const crds = path.join(packageRoot(), 'crds');

it.each(readdirSync(crds))('%s has known keywords only, and descriptions that are text', (file) => {
  const { spec } = parse(readFileSync(path.join(crds, file), 'utf8')) as {
    spec: {
      versions: { schema: { openAPIV3Schema: Schema }; additionalPrinterColumns?: { description?: unknown }[] }[];
    };
  };
  for (const { schema, additionalPrinterColumns = [] } of spec.versions) {
    expect(faults(schema.openAPIV3Schema, '')).toEqual([]);
    for (const { description = '' } of additionalPrinterColumns) expect(description).toBeTypeOf('string');
  }
});

it('finds what a comma in a flow mapping makes of a description', () => {
  const schema = parse(
    '{properties: {tcp: {type: string, description: Where it is, as in a:1}, of: {description: 1}}}',
  );
  expect(faults(schema as Schema, '')).toEqual([
    '.tcp: unknown keyword "as in a:1"',
    '.of: its description is no text',
  ]);
});
