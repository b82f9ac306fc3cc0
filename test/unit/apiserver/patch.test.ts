import { describe, expect, it } from 'vitest';
import { applyJsonPatch } from '../../../src/apiserver/patch/json-patch.ts';
import { applyMergePatch } from '../../../src/apiserver/patch/merge-patch.ts';
import { isApiError } from '../../../src/errors/api-error.ts';

describe('a merge patch', () => {
  // RFC 7386, appendix A.
  it.each([
    ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
    ['{"a":"b"}', '{"a":null}', '{}'],
    ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
    ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
    ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
    ['["a","b"]', '["c","d"]', '["c","d"]'],
    ['{"a":"foo"}', '"bar"', '"bar"'],
    ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
    ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
    ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
  ])('%s with %s', (target, patch, result) => {
    expect(applyMergePatch(JSON.parse(target), JSON.parse(patch))).toEqual(JSON.parse(result));
  });

  it('cannot reach a prototype', () => {
    const result = applyMergePatch({}, JSON.parse('{"__proto__":{"polluted":1}}')) as Record<string, unknown>;
    expect(result['polluted']).toBeUndefined();
    expect(Object.keys(result)).toEqual(['__proto__']);
  });
});

describe('a JSON patch', () => {
  // After RFC 6902, appendix A.
  it.each([
    ['{"foo":"bar"}', '[{"op":"add","path":"/baz","value":"qux"}]', '{"foo":"bar","baz":"qux"}'],
    ['{"foo":["a","c"]}', '[{"op":"add","path":"/foo/1","value":"b"}]', '{"foo":["a","b","c"]}'],
    ['{"foo":["a"]}', '[{"op":"add","path":"/foo/-","value":["b"]}]', '{"foo":["a",["b"]]}'],
    ['{"foo":1,"bar":2}', '[{"op":"remove","path":"/bar"}]', '{"foo":1}'],
    ['{"foo":["a","b","c"]}', '[{"op":"remove","path":"/foo/1"}]', '{"foo":["a","c"]}'],
    ['{"foo":1}', '[{"op":"replace","path":"/foo","value":[2]}]', '{"foo":[2]}'],
    ['{"a":{"b":1},"c":{}}', '[{"op":"move","from":"/a/b","path":"/c/d"}]', '{"a":{},"c":{"d":1}}'],
    ['{"a":["1","2","3"]}', '[{"op":"move","from":"/a/0","path":"/a/2"}]', '{"a":["2","3","1"]}'],
    ['{"a":{"b":1}}', '[{"op":"copy","from":"/a","path":"/c"}]', '{"a":{"b":1},"c":{"b":1}}'],
    ['{"a/b":{"~":1}}', '[{"op":"test","path":"/a~1b/~0","value":1}]', '{"a/b":{"~":1}}'],
    ['{"a":1}', '[{"op":"replace","path":"","value":{"b":2}}]', '{"b":2}'],
  ])('%s with %s', (target, patch, result) => {
    expect(applyJsonPatch(JSON.parse(target), JSON.parse(patch))).toEqual(JSON.parse(result));
  });

  it.each([
    ['{}', 'BadRequest'],
    ['[{"op":"add"}]', 'BadRequest'],
    ['[{"op":"add","path":"x","value":1}]', 'BadRequest'],
    ['[{"op":"add","path":"/x"}]', 'BadRequest'],
    ['[{"op":"jump","path":"/a"}]', 'BadRequest'],
    ['[{"op":"move","path":"/a"}]', 'BadRequest'],
    ['[{"op":"test","path":"/a","value":2}]', 'Invalid'],
    ['[{"op":"remove","path":"/x"}]', 'Invalid'],
    ['[{"op":"remove","path":""}]', 'Invalid'],
    ['[{"op":"add","path":"/l/3","value":1}]', 'Invalid'],
    ['[{"op":"add","path":"/l/01","value":1}]', 'Invalid'],
    ['[{"op":"add","path":"/toString/x","value":1}]', 'Invalid'],
    ['[{"op":"move","from":"/o","path":"/o/x"}]', 'Invalid'],
  ])('%s is refused', (patch, reason) => {
    const target = { a: 1, l: [1], o: {} };
    expect(refusal(() => applyJsonPatch(target, JSON.parse(patch)))).toBe(reason);
    expect(target).toEqual({ a: 1, l: [1], o: {} });
  });

  it('that doubles itself again and again is stopped', () => {
    const patch = Array.from({ length: 60 }, (_, index) => ({ op: 'copy', from: '/a', path: `/a/${index}` }));
    expect(refusal(() => applyJsonPatch({ a: { x: 'x'.repeat(1000) } }, patch))).toBe('RequestEntityTooLarge');
  });
});

function refusal(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (isApiError(error)) return error.reason;
    throw error;
  }
}
