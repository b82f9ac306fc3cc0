import { describe, expect, it } from 'vitest';
import { namesOfAddress, servedName } from '../../../src/proxy/tls/server-name.ts';

describe('the name that a client asks for', () => {
  it('is localhost, or one label below it', () => {
    for (const name of ['localhost', 'shop-main.localhost', '1.localhost', `${'a'.repeat(63)}.localhost`]) {
      expect(servedName(name)).toBe(name);
    }
  });

  it('is the same in any case, and with a dot at the end', () => {
    expect(servedName('Shop-Main.LOCALHOST.')).toBe('shop-main.localhost');
  });

  it('is refused when it is anything else', () => {
    const names = [
      '',
      '.',
      'localhost..',
      '.localhost',
      'a.b.localhost',
      '-a.localhost',
      'a-.localhost',
      '*.localhost',
    ];
    names.push(
      'example.com',
      'localhost.example.com',
      'notlocalhost',
      'a_b.localhost',
      '127.0.0.1',
      '::1',
      'ä.localhost',
    );
    names.push(`${'a'.repeat(64)}.localhost`, 'a\n.localhost', 'a.localhost\n');
    for (const name of names) expect(servedName(name), JSON.stringify(name)).toBeUndefined();
  });
});

describe('a client that asks for no name', () => {
  it('gets those of loopback', () => {
    for (const address of [undefined, '127.0.0.1', '::1', '::ffff:127.0.0.1']) {
      expect(namesOfAddress(address)).toEqual(['localhost', '127.0.0.1', '::1']);
    }
  });

  it('gets the address that it has gone to as well, where that is another one of loopback', () => {
    expect(namesOfAddress('127.8.9.10')).toEqual(['localhost', '127.0.0.1', '::1', '127.8.9.10']);
    expect(namesOfAddress('::ffff:127.0.0.2')).toContain('127.0.0.2');
  });

  it('never gets one that the authority may not sign for', () => {
    for (const address of ['192.168.1.2', '10.0.0.1', '2001:db8::1', '1127.0.0.1', '127.0.0.1.example.com']) {
      expect(namesOfAddress(address)).toEqual(['localhost', '127.0.0.1', '::1']);
    }
  });
});
