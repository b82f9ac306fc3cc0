import { describe, expect, it } from 'vitest';
import { lookUp, parseRelaxedPath } from '../../../../src/cli/dualctl/jsonpath/path.ts';
import { compileTemplate } from '../../../../src/cli/dualctl/jsonpath/template.ts';

const first = {
  metadata: { name: 'a', labels: { 'dual.dev/project': 'p', x: '1' }, generation: 3 },
  status: {
    phase: 'Ready',
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: 'Stalled', status: 'False' },
    ],
    ports: [{ port: 3000, name: 'www' }, { port: 5173 }],
  },
};
const second = {
  metadata: { name: 'b' },
  status: { phase: 'Lazy', conditions: [{ type: 'Ready', status: 'False', message: 'a@.b)] \'"' }] },
};
const list = { kind: 'List', items: [first, second] };

describe('jsonpath templates', () => {
  it.each([
    ['{.items[*].metadata.name}', 'a b'],
    ['{range .items[*]}{.metadata.name}{"\\t"}{.status.phase}{"\\n"}{end}', 'a\tReady\nb\tLazy\n'],
    ["{range .items[*]}{.metadata.name}{'\\n'}{end}", 'a\nb\n'],
    ['{range .items[*]}{range .status.ports[*].port}{@}@{$.kind};{end}{end}', '3000@List;5173@List;'],
    ['{.items[*].status.conditions[?(@.type=="Ready")].status}', 'True False'],
    ["{.items[?(@.metadata.name!='a')].status.phase}", 'Lazy'],
    ['{.items[?(@.metadata.generation>=3)].metadata.name}', 'a'],
    ['{.items[0].status.ports[?(@.name)].port}', '3000'],
    ['{.items[?(@.metadata.labels.dual\\.dev/project=="p")].metadata.name}', 'a'],
    ['{.items[*].status.conditions[?(@.message=="a@.b)] \'\\"")].type}', 'Ready'],
    ['{.items[0].metadata.labels.dual\\.dev/project}', 'p'],
    ["{.items[0].metadata.labels['dual\\.dev/project']}", 'p'],
    ["{.items[0].metadata.labels['dual.dev/project']}", 'p'],
    ['{.items[-1].metadata.name} {.items[-2].metadata.name}', 'b a'],
    ['{.items[0:1].metadata.name}', 'a'],
    ['{.items[0,1].metadata.name}', 'a b'],
    ["{.items[0].metadata['name','generation']}", 'a 3'],
    ['{..phase}', 'Ready Lazy'],
    ['{.items[0].status.ports}', '[{"name":"www","port":3000},{"port":5173}]'],
    ['{@.kind}', 'List'],
    ['{.nope.nothing}{.items[7].metadata.name}', ''],
    ['just text', 'just text'],
  ])('%s', (template, expected) => {
    expect(compileTemplate(template)(list)).toBe(expected);
  });

  it.each([
    ['{.kind', 'unclosed action'],
    ['{range .items[*]}', '{range} without {end}'],
    ['{end}', '{end} without {range}'],
    ['{.items[}', 'unterminated array: "[}"'],
    ['{.items[foo]}', 'invalid array index [foo]'],
    ['{nope}', 'unrecognized character in action: n'],
    ['{.items[?(@.a=~"b")]}', 'unrecognized filter'],
    ['{.items[?(process.exit(1))]}', 'unrecognized filter'],
  ])('%s is refused', (template, expected) => {
    expect(() => compileTemplate(template)).toThrow(`error parsing jsonpath ${template}, ${expected}`);
  });
});

describe('paths of other flags', () => {
  it.each(['.metadata.name', 'metadata.name', '{.metadata.name}'])('%s', (path) => {
    expect(lookUp(parseRelaxedPath(path), { root: first, current: first })).toEqual(['a']);
  });

  it.each(['', '{}', '.a b', '{.a}{.b}'])('"%s" is refused', (path) => {
    expect(() => parseRelaxedPath(path)).toThrow();
  });
});
