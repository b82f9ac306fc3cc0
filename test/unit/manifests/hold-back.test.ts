import { describe, expect, it } from 'vitest';
import { heldBack } from '../../../src/manifests/hold-back.ts';

interface Case {
  /** Path → when it vanished; undefined: it is there. */
  files: Record<string, number | undefined>;
  directories?: string[];
  otherDevice?: boolean;
  held?: string[];
  others?: string[];
}

function held({ files, directories = [''], otherDevice = false, held: before = [], others = [] }: Case): string[] {
  const ledgerFiles = Object.keys(files).map((path) => ({
    path,
    objects: [],
    ...(before.includes(path) && { held: true }),
  }));
  const vanished = ledgerFiles.flatMap((file) => {
    const since = files[file.path];
    return since === undefined ? [] : [{ file, since }];
  });
  const present = [...Object.keys(files).filter((path) => files[path] === undefined), ...others];
  return heldBack({ ledgerFiles, vanished, present, directories, otherDevice }).map(({ path }) => path);
}

describe('heldBack', () => {
  it('takes the end of the only manifest for what it is', () => {
    expect(held({ files: { a: 0 } })).toEqual([]);
  });

  it('holds back all when two or more go at once and none stays', () => {
    expect(held({ files: { a: 0, b: 400 } })).toEqual(['a', 'b']);
  });

  it('lets go of several when others stay', () => {
    expect(held({ files: { a: 0, b: 0, c: undefined } })).toEqual([]);
    expect(held({ files: { a: 0, b: 0 }, others: ['new'] })).toEqual([]);
  });

  it('lets go of what is removed one after the other', () => {
    expect(held({ files: { a: 0, b: 900 } })).toEqual([]);
  });

  it('looks at every directory that is still there by itself', () => {
    const files = { a: undefined, 'disk/b': 0, 'disk/c': 0 };
    expect(held({ files, directories: ['', 'disk'] })).toEqual(['disk/b', 'disk/c']);
    expect(held({ files, directories: [''] })).toEqual([]);
  });

  it('holds back even a single one when the disk is another', () => {
    expect(held({ files: { a: 0 }, otherDevice: true })).toEqual(['a']);
  });

  it('does not count what is held back already', () => {
    expect(held({ files: { a: 0, b: 0, c: 9000 }, held: ['a', 'b'] })).toEqual([]);
  });
});
