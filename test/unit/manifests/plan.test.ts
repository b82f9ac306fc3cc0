import { describe, expect, it } from 'vitest';
import type { FileView } from '../../../src/manifests/file-views.ts';
import type { Ledger } from '../../../src/manifests/ledger.ts';
import { planFiles } from '../../../src/manifests/plan.ts';

const valid = (path: string, ...names: string[]): FileView => ({
  path,
  state: 'valid',
  hash: 'h',
  signature: 's',
  documents: names.map((name) => ({
    object: { apiVersion: 'dual.dev/v1alpha1', kind: 'Workspace', metadata: { name } },
    file: path,
    line: 1,
    lineOf: () => 1,
  })),
});

const ledgerOf = (files: Record<string, string[]>): Ledger => ({
  files: Object.entries(files).map(([path, names]) => ({
    path,
    hash: 'h',
    signature: 's',
    objects: names.map((name) => ({ kind: 'Workspace', name, uid: `uid-${name}` })),
  })),
});

function plan(files: Record<string, string[]>, views: FileView[], unreadable: string[] = []): Record<string, string[]> {
  const { accepted, conflicts, left } = planFiles(ledgerOf(files), views, (path) => unreadable.includes(path));
  return {
    accepted: accepted.map(({ path }) => path),
    conflicts: conflicts.map(({ file, key, owner }) => `${file.path} ${key} ${owner}`),
    left: left.map(({ file, object }) => `${file.path} ${object.name}`),
  };
}

describe('planFiles', () => {
  it('accepts new files by path, after known ones in the order of their arrival', () => {
    expect(plan({ z: ['1'] }, [valid('b', '2'), valid('a', '3'), valid('z', '1')])).toEqual({
      accepted: ['z', 'a', 'b'],
      conflicts: [],
      left: [],
    });
  });

  it('refuses the second file that declares an object', () => {
    expect(plan({}, [valid('a', '1'), valid('b', '2', '1')])).toEqual({
      accepted: ['a'],
      conflicts: ['b Workspace/1 a'],
      left: [],
    });
  });

  it('the one that had it first is the first, whatever its name', () => {
    expect(plan({ z: ['1'] }, [valid('a', '1'), valid('z', '1')])).toMatchObject({
      accepted: ['z'],
      conflicts: ['a Workspace/1 z'],
    });
  });

  it('nothing of a refused file is removed', () => {
    expect(plan({ a: ['1'], b: ['2', '3'] }, [valid('a', '1'), valid('b', '2', '1')])).toEqual({
      accepted: ['a'],
      conflicts: ['b Workspace/1 a'],
      left: [],
    });
  });

  it('what a refused file wants is free for others', () => {
    expect(plan({}, [valid('a', '1'), valid('b', '1', '2'), valid('c', '2')])).toMatchObject({ accepted: ['a', 'c'] });
  });

  it('another file takes over when the first is gone or lets go', () => {
    expect(plan({ a: ['1'] }, [valid('b', '1')])).toEqual({ accepted: ['b'], conflicts: [], left: [] });
    expect(plan({ a: ['1'] }, [valid('a'), valid('b', '1')])).toEqual({
      accepted: ['a', 'b'],
      conflicts: [],
      left: [],
    });
  });

  it('two files may swap what they declare', () => {
    expect(plan({ a: ['1'], b: ['2'] }, [valid('a', '2'), valid('b', '1')])).toEqual({
      accepted: ['a', 'b'],
      conflicts: [],
      left: [],
    });
  });

  it('finds what nothing declares any more', () => {
    expect(plan({ a: ['1', '2'], b: ['3'] }, [valid('a', '1')])).toMatchObject({ left: ['a 2', 'b 3'] });
  });

  it.each<[string, FileView[], string[]]>([
    ['invalid', [{ path: 'a', state: 'invalid', errors: [] }], []],
    ['being written', [{ path: 'a', state: 'pending' }], []],
    ['unreadable', [], ['a']],
  ])('a file that is %s keeps what it has', (_what, views, unreadable) => {
    expect(plan({ a: ['1'] }, [...views, valid('b', '1')], unreadable)).toEqual({
      accepted: [],
      conflicts: ['b Workspace/1 a'],
      left: [],
    });
  });
});
