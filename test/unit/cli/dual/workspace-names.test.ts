import { describe, expect, it } from 'vitest';
import { fuzzyFilter, fuzzyScore } from '../../../../src/cli/dual/fuzzy.ts';
import { editDistance, nearNames } from '../../../../src/cli/dual/workspace/near-names.ts';

const NAMES = ['lightfast-main', 'lightfast-feat-auth', 'shop-main', 'docs'];

describe('nearNames', () => {
  it.each([
    ['lightfst-main', ['lightfast-main']],
    ['Shop-Main', ['shop-main']],
    ['auth', ['lightfast-feat-auth']],
    ['doc', ['docs']],
    ['something-else-altogether', []],
    ['', ['docs', 'lightfast-feat-auth', 'lightfast-main']],
  ])('of %j are %j', (name, near) => {
    expect(nearNames(name, NAMES)).toEqual(near);
  });

  it('counts letters that differ', () => {
    expect([editDistance('', 'abc'), editDistance('kitten', 'sitting'), editDistance('x', 'x')]).toEqual([3, 3, 0]);
  });
});

describe('fuzzyFilter', () => {
  const filter = (term: string): string[] => fuzzyFilter(term, NAMES, (name) => name);

  it('gives everything, in order, for nothing typed', () => {
    expect(filter(' ')).toEqual(NAMES);
  });

  it('finds letters in their order, whole words first', () => {
    expect(filter('main')).toEqual(['shop-main', 'lightfast-main']);
    expect(filter('lfa')).toEqual(['lightfast-main', 'lightfast-feat-auth']);
    expect(filter('niam')).toEqual([]);
  });

  it('wants every word', () => {
    expect(filter('light AUTH')).toEqual(['lightfast-feat-auth']);
  });

  it('likes letters that lie close together', () => {
    expect(fuzzyScore('ab', 'xaxb') ?? 0).toBeLessThan(fuzzyScore('ab', 'a---b') ?? 0);
  });
});
