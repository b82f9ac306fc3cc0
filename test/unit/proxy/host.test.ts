import { describe, expect, it } from 'vitest';
import { hostName, isLocalName, workspaceOf } from '../../../src/proxy/host.ts';
import { originForm } from '../../../src/proxy/request-target.ts';

describe('hostName', () => {
  it.each([
    ['a.localhost', 'a.localhost'],
    ['A.LocalHost:3000', 'a.localhost'],
    ['a.localhost.', 'a.localhost'],
    ['a.localhost.:80', 'a.localhost'],
    ['a.localhost:', 'a.localhost'],
    ['[::1]:3000', '[::1]'],
    ['127.0.0.1:3000', '127.0.0.1'],
  ])('takes %s for %s', (host, name) => expect(hostName(host)).toBe(name));

  it.each([
    '',
    ':80',
    'a b',
    'a.localhost:x',
    'a.localhost:1:2',
    'a.localhost:123456',
    'u@a.localhost',
    'a/b',
    '[::1',
    'ä.localhost',
    'a\0',
  ])('does not take %j', (host) => expect(hostName(host)).toBeUndefined());
});

describe('workspaceOf', () => {
  it('is the one label in front of .localhost', () => {
    expect(workspaceOf('lightfast-feat-auth.localhost')).toBe('lightfast-feat-auth');
    expect(workspaceOf('0.localhost')).toBe('0');
  });

  it.each([
    'localhost',
    '.localhost',
    'a.b.localhost',
    '-a.localhost',
    'a-.localhost',
    'a_b.localhost',
    'a.localhost.',
    'alocalhost',
    'a.localhost.evil',
  ])('is nothing in %s', (name) => expect(workspaceOf(name)).toBeUndefined());
});

describe('isLocalName', () => {
  it.each(['localhost', 'x.localhost', '127.0.0.1', '127.1.2.3', '[::1]'])('knows %s', (name) =>
    expect(isLocalName(name)).toBe(true),
  );
  it.each(['evil.example', 'localhost.evil', '127.0.0.1.evil', '10.0.0.1', 'notlocalhost', '[::2]'])(
    'does not know %s',
    (name) => expect(isLocalName(name)).toBe(false),
  );
});

describe('originForm', () => {
  const asked = { host: 'a.localhost:3000', method: 'OPTIONS' };

  it.each([
    ['/a//b?c', '/a//b?c'],
    ['*', '*'],
    ['http://a.localhost:3000/x?y', '/x?y'],
    ['HTTP://A.localhost', '/'],
    ['http://a.localhost?q', '/?q'],
    ['ws://a.localhost/s', '/s'],
  ])('of %s is %s', (target, path) => expect(originForm(target, asked)).toBe(path));

  it.each(['', 'x', 'http://b.localhost/', 'https://a.localhost/', 'http:///a', 'http://u@a.localhost/', '\\a'])(
    'refuses %j',
    (target) => expect(originForm(target, asked)).toBeUndefined(),
  );
});
