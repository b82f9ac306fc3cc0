import { describe, expect, it } from 'vitest';
import { formatManifestError, loadManifest, MAX_MANIFEST_SIZE } from '../../../src/manifests/load.ts';

const context = { file: '/manifests/a.yaml', home: '/home/u' };
const load = (text: string): ReturnType<typeof loadManifest> => loadManifest(text, context);
const errorsOf = (text: string): string[] => {
  const { documents, errors } = load(text);
  expect(documents).toEqual([]);
  return errors.map(formatManifestError);
};

const workspace = `apiVersion: dual.dev/v1alpha1
kind: Workspace
metadata:
  name: shop-main
spec:
  project: shop
  branch: main
`;

describe('what is read', () => {
  it('many documents, each with its line', () => {
    const { documents, errors } = load(`# two\n---\n${workspace}---\n${workspace.replace('shop-main', 'other')}`);
    expect(errors).toEqual([]);
    expect(documents.map(({ object, line }) => [object.metadata.name, line])).toEqual([
      ['shop-main', 3],
      ['other', 11],
    ]);
  });

  it('no document where there are only comments and separators', () => {
    expect(load('# nothing\n---\n---\n# here\n')).toEqual({ documents: [], errors: [] });
  });

  it('JSON, indented by tabs too', () => {
    const text =
      '{\n\t"apiVersion": "dual.dev/v1alpha1",\n\t"kind": "Workspace",\n\t"metadata": {"name": "a\\tb"}\n}\n';
    const { documents, errors } = load(text);
    expect(errors).toEqual([]);
    expect(documents[0]?.object.metadata.name).toBe('a\tb');
    expect(documents[0]?.lineOf('metadata.name')).toBe(4);
  });

  it('YAML 1.2: `on` and `yes` are plain text', () => {
    const { documents } = load(
      `apiVersion: dual.dev/v1alpha1\nkind: Project\nmetadata: {name: a}\nspec: {session: {panes: [{name: yes, on: container}]}}`,
    );
    expect(documents[0]?.object.spec).toEqual({ session: { panes: [{ name: 'yes', on: 'container' }] } });
  });

  it('anchors and merge keys', () => {
    const { documents, errors } = load(`${workspace}  <<: &x {from: main}\nstatus: *x\n`);
    expect(errors).toEqual([]);
    expect(documents[0]?.object.spec).toMatchObject({ from: 'main', branch: 'main' });
  });

  it('the items of a List, with their lines', () => {
    const item = JSON.stringify({ apiVersion: 'dual.dev/v1alpha1', kind: 'Workspace', metadata: { name: 'a' } });
    const text = `apiVersion: v1\nkind: List\nitems:\n  - ${item}\n  - ${item.replace('"a"', '"b"')}\n`;
    const { documents, errors } = load(text);
    expect(errors).toEqual([]);
    expect(documents.map(({ object, line }) => [object.metadata.name, line])).toEqual([
      ['a', 4],
      ['b', 5],
    ]);
  });
});

describe('lineOf', () => {
  const [document] = load(`${workspace}  ports:\n    - name: www\n      port: 1\n    - name: db\n`).documents;

  it('finds fields, items of lists, and what is nearest to a missing field', () => {
    const lines = [
      'spec.branch',
      'spec.ports[0].port',
      'spec.ports[1].port',
      'spec.from',
      'metadata.labels[a.b/c]',
      'nope',
    ];
    expect(lines.map((field) => document?.lineOf(field))).toEqual([7, 10, 11, 5, 3, 1]);
  });

  it('goes through aliases', () => {
    const text = `x: &x\n  y: 1\napiVersion: dual.dev/v1alpha1\nkind: Project\nmetadata: {name: a}\nspec: *x\n`;
    expect(load(text).documents[0]?.lineOf('spec.y')).toBe(2);
  });
});

describe('paths on the host', () => {
  const spec = (yaml: string): unknown =>
    load(`apiVersion: dual.dev/v1alpha1\nkind: Project\nmetadata: {name: a}\nspec: ${yaml}\n`).documents[0]?.object
      .spec;

  it.each([
    ['~/code/shop', '/home/u/code/shop'],
    ['~', '/home/u'],
    ['../repos/shop', '/repos/shop'],
    ['shop', '/manifests/shop'],
    ['/abs/shop/', '/abs/shop'],
    ['-shop', '-shop'],
  ])('%s is %s', (given, absolute) => {
    expect(spec(`{source: {path: '${given}'}}`)).toEqual({ source: { path: absolute } });
  });

  it('of mounts too, and nothing else is touched', () => {
    expect(spec(`{source: {url: ~/x}, container: {mounts: [{path: ~/.cache}, {path: y, readOnly: true}]}}`)).toEqual({
      source: { url: '~/x' },
      container: { mounts: [{ path: '/home/u/.cache' }, { path: '/manifests/y', readOnly: true }] },
    });
  });

  it('leaves what has the wrong type to the server', () => {
    expect(spec('{source: {path: 5}, container: {mounts: {path: x}}}')).toEqual({
      source: { path: 5 },
      container: { mounts: { path: 'x' } },
    });
  });
});

describe('what is refused, with its place', () => {
  const header = (lines: string): string => `# comment\n${lines}`;

  it.each([
    ['broken YAML', `${workspace}  x: [1, 2\n`, /^\/manifests\/a\.yaml:\d+: Flow sequence in block collection/],
    ['a key twice', `${workspace}  branch: other\n`, /^\/manifests\/a\.yaml:8: the key "branch" is here twice/],
    ['a key twice in JSON', '{"kind": "A",\n"kind": "B"}', /a\.yaml:2: the key "kind" is here twice/],
    ['tabs as indentation', 'metadata:\n\tname: x\n', /a\.yaml:2: Tabs are not allowed/],
    ['unknown tags', `${workspace}  x: !!js/function y\n`, /a\.yaml:8: Unresolved tag/],
    ['a list', '- a\n', /a\.yaml:1: the document is not an object/],
    ['a text', 'hello\n', /a\.yaml:1: the document is not an object/],
    ['no apiVersion', header('kind: Workspace\n'), /a\.yaml:2: apiVersion: is missing; Dual's is dual\.dev\/v1alpha1/],
    [
      'no kind',
      header('apiVersion: dual.dev/v1alpha1\n'),
      /a\.yaml:2: kind: is missing; there are Project and Workspace/,
    ],
    [
      'a foreign kind',
      'apiVersion: apps/v1\nkind: Deployment\n',
      /a\.yaml:2: kind: "Deployment" \(apps\/v1\) is not a kind/,
    ],
    ['an Event', 'apiVersion: v1\nkind: Event\n', /a\.yaml:2: kind: Events are recorded, not declared/],
    [
      'another version',
      'apiVersion: dual.dev/v9\nkind: Project\n',
      /a\.yaml:1: apiVersion: "dual\.dev\/v9" has no Project; use/,
    ],
    ['no metadata', 'apiVersion: dual.dev/v1alpha1\nkind: Project\n', /a\.yaml:1: metadata\.name: is missing/],
    ['no name', workspace.replace('name: shop-main', 'labels: {}'), /a\.yaml:3: metadata\.name: is missing/],
    [
      'a number as name',
      workspace.replace('shop-main', '42'),
      /a\.yaml:4: metadata\.name: must be a string; put 42 in quotes/,
    ],
    [
      'a number as label',
      workspace.replace('  name', '  labels: {a: 1}\n  name'),
      /a\.yaml:4: metadata\.labels\[a\]: must be a/,
    ],
    ['an alias to nothing', `${workspace}  x: *y\n`, /a\.yaml:\d+: Unresolved alias.*: y/],
    [
      'numbers that JSON has not',
      `${workspace}  x: {y: [1, .inf]}\n`,
      /a\.yaml:8: spec\.x\.y\[1\]: Infinity is not a number/,
    ],
    [
      'values that JSON has not',
      `%YAML 1.1\n---\n${workspace}  x: 2001-01-01\n`,
      /a\.yaml:10: spec\.x: this kind of YAML value/,
    ],
    [
      'a bad item of a List',
      'apiVersion: v1\nkind: List\nitems:\n- kind: Pod\n  apiVersion: v1\n',
      /a\.yaml:4: kind: "Pod"/,
    ],
  ])('%s', (_what, text, expected) => {
    expect(errorsOf(text)).toEqual([expect.stringMatching(expected)]);
  });

  it('every bad document is told, and good ones are still given', () => {
    const { documents, errors } = load(`kind: A\n---\n${workspace}---\nkind: B\n`);
    expect(documents).toHaveLength(1);
    expect(errors.map(({ line }) => line)).toEqual([1, 11]);
  });

  it('one object twice in a file', () => {
    const { errors } = load(`${workspace}---\n${workspace}`);
    expect(errors.map(formatManifestError)).toEqual([
      '/manifests/a.yaml:9: Workspace "shop-main" is declared already, on line 1',
    ]);
  });

  it('a bomb of aliases, at once', () => {
    const levels = Array.from({ length: 20 }, (_, level) => {
      const item = level === 0 ? 'lol' : `*a${level - 1}`;
      return `a${level}: &a${level} [${Array(9).fill(item).join(',')}]`;
    });
    const started = Date.now();
    expect(errorsOf(`${levels.join('\n')}\n`)).toEqual([
      expect.stringMatching(/aliases stand for more than 50 values/),
    ]);
    expect(Date.now() - started).toBeLessThan(2000);
  });

  it('deep nesting', () => {
    const steps = Array.from({ length: 1000 }, (_, depth) => `${' '.repeat(depth)}a:`);
    for (const text of [
      '['.repeat(500_000),
      '- '.repeat(300_000),
      '? '.repeat(300_000),
      ': '.repeat(300_000),
      steps.join('\n'),
    ]) {
      expect(errorsOf(text)).toEqual([expect.stringMatching(/^\/manifests\/a\.yaml:\d+: .* more than 64 levels deep/)]);
    }
  });

  it('nothing in a text that only looks like nesting', () => {
    const script = `${'[ '.repeat(100)}\n${'- '.repeat(100)}`.replaceAll('\n', '\n    ');
    const { errors } = load(`${workspace}  x: |\n    ${script}\n  y: "${'{'.repeat(100)}"\n`);
    expect(errors).toEqual([]);
  });

  it('a great many keys in one map, at once', () => {
    const started = Date.now();
    errorsOf(Array.from({ length: 80_000 }, (_, index) => `? k${index}`).join('\n'));
    expect(Date.now() - started).toBeLessThan(5000);
  });

  it('a file that is too large, before it is parsed', () => {
    const started = Date.now();
    expect(errorsOf('x: y\n'.repeat(MAX_MANIFEST_SIZE))).toEqual([
      expect.stringMatching(/^\/manifests\/a\.yaml: the file is too large: 5242880 bytes, 1048576 at most/),
    ]);
    expect(Date.now() - started).toBeLessThan(500);
  });

  it('never throws, whatever the bytes', () => {
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      ':',
      '-',
      '?',
      '&a',
      '*a',
      '|',
      '>',
      '"',
      "'",
      '\n',
      '\t',
      ' ',
      '%',
      '!',
      '#',
      '---\n',
      '<<: ',
    ];
    let seed = 7;
    const next = (): number => (seed = (seed * 1103515245 + 12345) % 2 ** 31);
    for (let round = 0; round < 2000; round += 1) {
      const text = Array.from({ length: 20 }, () => pieces[next() % pieces.length]).join('');
      expect(() => load(text)).not.toThrow();
    }
  });
});
