// Writes src/api/generated/ from crds/. With --check it only says whether they agree, and exits 1 when not.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { compile } from 'json-schema-to-typescript';
import type { JSONSchema } from 'json-schema-to-typescript';
import * as prettier from 'prettier';
import { parse } from 'yaml';

const root = path.resolve(import.meta.dirname, '..');
const crds = path.join(root, 'crds');
const out = path.join(root, 'src/api/generated');

interface Crd {
  spec: { names: { kind: string; singular: string }; versions: { schema: { openAPIV3Schema: Schema } }[] };
}
interface Schema {
  [key: string]: unknown;
  properties?: Record<string, Schema>;
  items?: Schema;
  nullable?: boolean;
  type?: string | string[];
}

/** What json-schema-to-typescript needs to give plain interfaces: closed objects, nullable as a union, no combinators. */
function forTypes(schema: Schema): Schema {
  const { nullable, properties, items, oneOf: _o, not: _n, maxItems: _mx, minItems: _mn, ...rest } = schema;
  const result: Schema = { ...rest };
  if (properties) {
    result.properties = Object.fromEntries(Object.entries(properties).map(([name, child]) => [name, forTypes(child)]));
    result['additionalProperties'] = false;
    result['required'] = requiredOf(schema);
  }
  if (items) result.items = forTypes(items);
  if (nullable && typeof result.type === 'string') result.type = [result.type, 'null'];
  return result;
}

/** A property with a default is always there once the server has stored the object. */
function requiredOf(schema: Schema): string[] {
  const listed = new Set((schema['required'] as string[] | undefined) ?? []);
  for (const [name, child] of Object.entries(schema.properties ?? {})) if ('default' in child) listed.add(name);
  return [...listed];
}

async function typesOf(file: string): Promise<{ name: string; text: string }> {
  const crd = parse(readFileSync(path.join(crds, file), 'utf8')) as Crd;
  const { kind, singular } = crd.spec.names;
  const schema = crd.spec.versions[0]?.schema.openAPIV3Schema;
  if (!schema?.properties) throw new Error(`${file}: no schema`);
  const parts = ['spec', 'status'].filter((part) => schema.properties?.[part]);
  const texts = await Promise.all(
    parts.map((part) => {
      const title = kind + part[0]!.toUpperCase() + part.slice(1);
      const { description: _d, ...definition } = forTypes(schema.properties![part]!);
      return compile({ ...definition, title } as JSONSchema, title, { bannerComment: '', format: false });
    }),
  );
  const text = `// Generated from crds/${file} by \`npm run generate\`. Do not edit.\n\n${texts.join('\n')}`;
  const options = await prettier.resolveConfig(path.join(out, 'x.ts'));
  return { name: `${singular}.ts`, text: await prettier.format(text, { ...options, parser: 'typescript' }) };
}

const check = process.argv.includes('--check');
let stale = 0;
for (const file of readdirSync(crds).filter((name) => name.endsWith('.yaml'))) {
  const { name, text } = await typesOf(file);
  const target = path.join(out, name);
  if (!check) writeFileSync(target, text);
  else if (readFileSync(target, 'utf8') !== text) {
    console.error(`src/api/generated/${name} differs from crds/${file}: run npm run generate`);
    stale += 1;
  }
}
process.exitCode = stale === 0 ? 0 : 1;
