import { describe, expect, it } from 'vitest';
import { canonicalJson, threeWayMergePatch } from '../../../src/client/merge-patch.ts';

describe('threeWayMergePatch', () => {
  it('is empty when everything declared is there already', () => {
    const declared = { spec: { state: 'Running' } };
    expect(threeWayMergePatch(declared, declared, { spec: { state: 'Running', deletionPolicy: 'Retain' } })).toEqual(
      {},
    );
  });

  it('sets what differs, and only that', () => {
    const patch = threeWayMergePatch({}, { spec: { a: 1, b: { c: 2 } } }, { spec: { a: 1, b: { c: 3, d: 4 } } });
    expect(patch).toEqual({ spec: { b: { c: 2 } } });
  });

  it('removes what was declared before and no longer is', () => {
    const patch = threeWayMergePatch(
      { spec: { a: 1, b: { c: 2, d: 3 } } },
      { spec: { b: { c: 2 } } },
      { spec: { a: 9 } },
    );
    expect(patch).toEqual({ spec: { a: null, b: { c: 2, d: null } } });
  });

  it('leaves alone what was set by somebody else and never declared', () => {
    expect(threeWayMergePatch({ spec: { a: 1 } }, { spec: { a: 1 } }, { spec: { a: 1, state: 'Stopped' } })).toEqual(
      {},
    );
  });

  it('brings back a declared value that somebody changed', () => {
    const declared = { spec: { state: 'Running' } };
    expect(threeWayMergePatch(declared, declared, { spec: { state: 'Stopped' } })).toEqual({
      spec: { state: 'Running' },
    });
  });

  it('replaces lists whole', () => {
    expect(threeWayMergePatch({ l: [1, 2] }, { l: [2] }, { l: [1, 2] })).toEqual({ l: [2] });
  });

  it('replaces a value by an object and the other way round', () => {
    expect(threeWayMergePatch({}, { a: { b: 1 } }, { a: 1 })).toEqual({ a: { b: 1 } });
    expect(threeWayMergePatch({ a: { b: 1 } }, { a: 1 }, { a: { b: 1 } })).toEqual({ a: 1 });
  });

  it('takes a key that is declared as null for one that is not declared', () => {
    expect(threeWayMergePatch({ a: 1 }, { a: null }, { a: 1 })).toEqual({ a: null });
    expect(threeWayMergePatch({}, { a: null }, {})).toEqual({});
  });

  it('is not misled by the order of keys', () => {
    expect(threeWayMergePatch({}, { l: [{ a: 1, b: 2 }] }, { l: [{ b: 2, a: 1 }] })).toEqual({});
  });

  it('carries keys that mean something to JavaScript as data', () => {
    const modified = JSON.parse('{"labels": {"__proto__": "x", "constructor": "y"}}') as Record<string, unknown>;
    const patch = threeWayMergePatch({}, modified, { labels: {} });
    expect(JSON.stringify(patch)).toBe('{"labels":{"__proto__":"x","constructor":"y"}}');
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

it('canonicalJson orders the keys at every level', () => {
  expect(canonicalJson({ b: [{ d: 1, c: null }], a: 'x' })).toBe('{"a":"x","b":[{"c":null,"d":1}]}');
});
