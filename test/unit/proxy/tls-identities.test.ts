import { createPublicKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { distinguishedName } from '../../../src/proxy/tls/certificate.ts';
import { createIdentities, type Identities } from '../../../src/proxy/tls/identities.ts';
import { generateKeys } from '../../../src/proxy/tls/profiles.ts';
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts';

const DAY = 24 * 3_600_000;
const NOW = Date.parse('2026-03-04T05:06:07Z');

function fixture(days = 3000): { clock: FakeClock; identities: Identities } {
  const clock = createFakeClock(NOW);
  const { privateKey } = generateKeys();
  const subject = distinguishedName([['CN', 'test']]);
  const issuer = { subject, publicKey: createPublicKey(privateKey), privateKey, notAfter: NOW + days * DAY };
  return { clock, identities: createIdentities(issuer, clock) };
}

describe('identities', () => {
  it('are made once for each name, however it is written', () => {
    const { identities } = fixture();
    const shop = identities.forName('shop.localhost');
    expect(shop).toBeDefined();
    expect(identities.forName('SHOP.localhost.')).toBe(shop);
    expect(identities.forName('other.localhost')).not.toBe(shop);
    expect(identities.forAddress('127.0.0.1')).toBe(identities.forAddress('::1'));
    expect(identities.forAddress('127.0.0.2')).not.toBe(identities.forAddress('::1'));
  });

  it('are not made for names that are not served', () => {
    const { identities } = fixture();
    for (const name of ['example.com', 'a.b.localhost', '127.0.0.1', ''])
      expect(identities.forName(name)).toBeUndefined();
  });

  it('are made anew before they end', () => {
    const { identities, clock } = fixture();
    const first = identities.forName('shop.localhost');
    clock.advance(30 * DAY);
    expect(identities.forName('shop.localhost')).toBe(first);
    clock.advance(35 * DAY);
    expect(identities.forName('shop.localhost')).not.toBe(first);
  });

  it('are made anew when the clock was wrong', () => {
    const { identities, clock } = fixture();
    const first = identities.forName('shop.localhost');
    clock.advance(-2 * DAY);
    expect(identities.forName('shop.localhost')).not.toBe(first);
  });

  it('are not made for every request when the authority has ended', () => {
    const { identities, clock } = fixture(1);
    clock.advance(2 * DAY);
    const late = identities.forName('shop.localhost');
    expect(identities.forName('shop.localhost')).toBe(late);
  });

  it('are kept for the names that are in use', () => {
    const { identities } = fixture();
    const first = identities.forName('first.localhost');
    const second = identities.forName('second.localhost');
    for (let index = 0; index < 254; index += 1) identities.forName(`${index}.localhost`);
    expect(identities.forName('first.localhost')).toBe(first);
    identities.forName('one-more.localhost');
    expect(identities.forName('first.localhost')).toBe(first);
    expect(identities.forName('second.localhost')).not.toBe(second);
  });
});
