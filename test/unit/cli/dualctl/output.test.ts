import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../src/api/meta.ts';
import { WORKSPACES } from '../../../../src/api/scheme.ts';
import { formatFields } from '../../../../src/cli/dualctl/describe/layout.ts';
import { valueFields } from '../../../../src/cli/dualctl/describe/value-fields.ts';
import { parseFormat } from '../../../../src/cli/dualctl/output/format.ts';
import { formatObjects, type ObjectFormat } from '../../../../src/cli/dualctl/output/print-objects.ts';
import { sortItems } from '../../../../src/cli/dualctl/output/sort-by.ts';
import { parseWaitCondition } from '../../../../src/cli/dualctl/wait/condition.ts';

const ALL = ['wide', 'json', 'yaml', 'name', 'jsonpath', 'custom-columns'];

const object = (name: string, more: Partial<KubeObject> = {}): KubeObject => ({
  kind: 'Workspace',
  apiVersion: 'dual.dev/v1alpha1',
  metadata: { name },
  ...more,
});

async function formatted(output: string, objects: KubeObject[], single = false): Promise<string> {
  const format = (await parseFormat(output, ALL)) as ObjectFormat;
  return formatObjects(
    format,
    objects.map((each) => ({ resource: WORKSPACES, object: each })),
    { single },
  );
}

describe('-o', () => {
  it('json has sorted keys and four spaces', async () => {
    expect(await formatted('json', [object('a')], true)).toBe(
      '{\n    "apiVersion": "dual.dev/v1alpha1",\n    "kind": "Workspace",\n    "metadata": {\n        "name": "a"\n    }\n}\n',
    );
  });

  it('json of many is a List', async () => {
    const list = JSON.parse(await formatted('json', [object('a'), object('b')])) as Record<string, unknown>;
    expect(list).toMatchObject({ apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' } });
    expect(list['items']).toHaveLength(2);
  });

  it('yaml quotes what an older parser would take for a boolean, and leaves managedFields out', async () => {
    const shown = object('a', { metadata: { name: 'a', managedFields: [{}] }, spec: { on: 'yes', list: ['x'] } });
    expect(await formatted('yaml', [shown], true)).toBe(
      'apiVersion: dual.dev/v1alpha1\nkind: Workspace\nmetadata:\n  name: a\nspec:\n  list:\n  - x\n  "on": "yes"\n',
    );
  });

  it('name', async () => {
    expect(await formatted('name', [object('a'), object('b')])).toBe('workspace.dual.dev/a\nworkspace.dual.dev/b\n');
  });

  it('custom-columns shows <none> for what is missing and joins several', async () => {
    const spec = { ports: [{ port: 1 }, { port: 2 }] };
    expect(
      await formatted('custom-columns=NAME:.metadata.name,PORTS:.spec.ports[*].port', [
        object('a', { spec }),
        object('b'),
      ]),
    ).toBe('NAME   PORTS\na      1,2\nb      <none>\n');
  });

  it.each([
    [
      'xml',
      'unable to match a printer suitable for the output format "xml", allowed formats are: custom-columns,json,',
    ],
    ['json=x', 'unable to match a printer'],
    ['jsonpath', 'template format specified but no template given'],
    ['custom-columns=NAME', 'unexpected custom-columns spec: NAME'],
  ])('%s is refused', async (output, message) => {
    await expect(parseFormat(output, ALL)).rejects.toThrow(message);
  });
});

describe('--sort-by', () => {
  const items = [object('b10', { spec: { n: 10 } }), object('b9', { spec: { n: 9 } }), object('a')];

  it('sorts numbers as numbers, and what lacks the field first', () => {
    const names = sortItems(items, '.spec.n', (item) => item).map(({ metadata }) => metadata.name);
    expect(names).toEqual(['a', 'b9', 'b10']);
  });

  it('refuses a field that nothing has', () => {
    expect(() => sortItems(items, '.spec.nope', (item) => item)).toThrow(
      'couldn\'t find any field with path "{.spec.nope}" in the list of objects',
    );
  });
});

describe('wait conditions', () => {
  const ready = (status: string, more = {}): KubeObject =>
    object('a', {
      metadata: { name: 'a', generation: 2 },
      status: { phase: 'Ready', conditions: [{ type: 'Ready', status, ...more }] },
    });

  it.each([
    ['condition=Ready', ready('True'), true],
    ['condition=ready', ready('True'), true],
    ['condition=Ready', ready('False'), false],
    ['condition=Ready=false', ready('False'), true],
    ['condition=Other', ready('True'), false],
    ['condition=Ready', ready('True', { observedGeneration: 1 }), false],
    ['condition=Ready', ready('True', { observedGeneration: 2 }), true],
    ['condition=Ready', undefined, false],
    ['delete', undefined, true],
    ['delete', ready('True'), false],
    ['create', ready('True'), true],
    ['jsonpath={.status.phase}=Ready', ready('True'), true],
    ["jsonpath='{.status.phase}'=Lazy", ready('True'), false],
    ['jsonpath={.status.conditions[?(@.type=="Ready")].status}=True', ready('True'), true],
    ['jsonpath={.status.clone}', ready('True'), false],
    ['jsonpath={.status.phase}', ready('True'), true],
  ])('%s', async (text, found, expected) => {
    expect((await parseWaitCondition(text)).isMet(found)).toBe(expected);
  });

  it.each(['ready', 'condition=', 'jsonpath={.a}='])('%s is refused', async (text) => {
    await expect(parseWaitCondition(text)).rejects.toThrow();
  });
});

describe('descriptions', () => {
  it('aligns values, indents what is below and underlines headers', () => {
    const text = formatFields([
      { name: 'Name', value: 'x' },
      { name: 'Labels', value: ['a=b', 'c=d'] },
      {
        name: 'Spec',
        value: valueFields({ deletionPolicy: 'Retain', mounts: [{ path: '/x', readOnly: true }], env: [] }),
      },
      { name: 'Panes', value: { headers: ['Name', 'State'], rows: [['dev', 'Running']] } },
    ]);
    expect(text).toBe(
      [
        'Name:    x',
        'Labels:  a=b',
        '         c=d',
        'Spec:',
        '  Deletion Policy:  Retain',
        '  Mounts:',
        '    /x:',
        '      Path:       /x',
        '      Read Only:  true',
        '  Env:              <none>',
        'Panes:',
        '  Name  State',
        '  ----  -----',
        '  dev   Running',
        '',
      ].join('\n'),
    );
  });
});
