import { describe, expect, it } from 'vitest';
import { parseFieldSelector } from '../../../src/apiserver/selectors/field-selector.ts';
import { parseLabelSelector } from '../../../src/apiserver/selectors/label-selector.ts';
import { isApiError } from '../../../src/errors/api-error.ts';
import { workspaceObject } from '../../support/store-fixture.ts';

describe('a label selector', () => {
  const labels = { app: 'web', tier: '', 'dual.dev/x': '1' };

  it.each([
    ['', true],
    ['app=web', true],
    ['app == web', true],
    ['app=db', false],
    ['app!=db', true],
    ['missing!=x', true],
    ['app in (db, web)', true],
    ['app in (db)', false],
    ['app notin (db,mail)', true],
    ['missing notin (db)', true],
    ['missing in (db)', false],
    ['tier=', true],
    ['tier', true],
    ['!missing', true],
    ['! tier', false],
    ['dual.dev/x=1,app in (web,db),!missing', true],
    ['dual.dev/x=1,app in (mail,db),!missing', false],
    ['constructor', false],
  ])('%s', (selector, matches) => {
    expect(parseLabelSelector(selector)(labels)).toBe(matches);
  });

  it.each(['a=b=c', 'a in b', 'a in (b', '=x', 'a b', '!', 'a,,b'])('%s is refused', (selector) => {
    expect(refusal(() => parseLabelSelector(selector))).toBe('BadRequest');
  });
});

describe('a field selector', () => {
  const fields = ['metadata.name', 'spec.branch'];
  const object = workspaceObject('a', { spec: { branch: 'x,y=z' } });

  it.each([
    ['metadata.name=a', true],
    ['metadata.name==a', true],
    ['metadata.name!=a', false],
    ['metadata.name=a,spec.branch=x\\,y\\=z', true],
    ['metadata.name=a,spec.branch=main', false],
    ['', true],
  ])('%s', (selector, matches) => {
    expect(parseFieldSelector(selector, fields)(object)).toBe(matches);
  });

  it.each(['spec.state=Running', 'metadata.name', '=x'])('%s is refused', (selector) => {
    expect(refusal(() => parseFieldSelector(selector, fields))).toBe('BadRequest');
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
