import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { apply } from '../../../src/client/apply.ts';
import { packageRoot } from '../../../src/config/package-root.ts';
import { loadManifest } from '../../../src/manifests/load.ts';
import type { LoadedManifest } from '../../../src/manifests/load.ts';
import { createApiFixture } from '../../support/api-fixture.ts';

const root = packageRoot();
const samples = readdirSync(path.join(root, 'manifests'), { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.yaml') && !file.includes('/repos/'));

const load = (file: string): LoadedManifest => {
  const sample = path.join(root, 'manifests', file);
  return loadManifest(readFileSync(sample, 'utf8').replaceAll('${EXAMPLES}', '/examples'), {
    file: sample,
    home: '/home/u',
  });
};

it.each(samples)('manifests/%s is accepted', async (sample) => {
  const { client } = await createApiFixture();
  const { documents, errors } = load(sample);
  expect(errors).toEqual([]);
  for (const { object } of documents) expect((await apply(client, object)).result).toBe('created');
});

interface Schema {
  properties?: Record<string, Schema>;
  items?: Schema;
}

/** `source.url`, `ports[].name`: every field of a spec that holds a value. */
function fieldsOf(schema: Schema, prefix = ''): string[] {
  if (schema.items) return fieldsOf(schema.items, `${prefix}[]`);
  if (!schema.properties) return [prefix];
  return Object.entries(schema.properties).flatMap(([name, inner]) =>
    fieldsOf(inner, prefix === '' ? name : `${prefix}.${name}`),
  );
}

function fieldsIn(value: unknown, prefix = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => fieldsIn(item, `${prefix}[]`));
  if (typeof value !== 'object' || value === null) return [prefix];
  return Object.entries(value).flatMap(([name, inner]) => fieldsIn(inner, prefix === '' ? name : `${prefix}.${name}`));
}

describe.each(['project', 'workspace'])('every field of a %s', (kind) => {
  const crd = parse(readFileSync(path.join(root, `crds/dual.dev_${kind}s.yaml`), 'utf8')) as {
    spec: { versions: { schema: { openAPIV3Schema: Schema } }[] };
  };
  const schema = crd.spec.versions[0]?.schema.openAPIV3Schema;
  const spec = fieldsOf(schema?.properties?.['spec'] ?? {}).map((field) => field.replace(/\[\]$/, ''));

  it('is in the sample of every field, or cannot be had together with another', () => {
    const used = load('every-field.yaml').documents.flatMap(({ object }) => fieldsIn(object.spec));
    const unused = spec.filter((field) => !used.includes(field) && !used.includes(`${field}[]`));
    expect(unused).toEqual(kind === 'project' ? ['source.path'] : []);
  });

  it('is on its page', () => {
    const page = readFileSync(path.join(root, `docs/api/${kind}.md`), 'utf8');
    expect(spec.filter((field) => !page.includes(`\`${field}\``))).toEqual([]);
    const status = Object.keys(schema?.properties?.['status']?.properties ?? {});
    expect(status.filter((field) => !page.includes(`\`${field}\``))).toEqual([]);
  });
});
