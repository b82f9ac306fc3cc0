import { describe, expect, it } from 'vitest';
import { chooseAddress, type Holder } from '../../../controllers/workspace/address.ts';
import type { WorkspaceContext } from '../../../controllers/workspace/context.ts';
import type { Look } from '../../../controllers/workspace/look.ts';
import { observeAddress } from '../../../controllers/workspace/observe-address.ts';
import type { Workspace } from '../../../src/api/types.ts';
import { aWorkspace } from '../../support/workspace-fixture.ts';

const rules = { instance: '', reserved: [] };
const EARLY = '2026-01-01T00:00:00Z';
const LATE = '2026-01-02T00:00:00Z';
const holder = (name: string, address?: string, since = EARLY): Holder => ({ name, since, address });

describe('the address of a Workspace', () => {
  it('follows from its name, within the range', () => {
    const names = Array.from({ length: 2_000 }, (_, index) => `shop-${index}`);
    const addresses = names.map((name) => chooseAddress(holder(name), [], rules));
    for (const address of addresses) {
      const [first, second = 0, , last = 0] = address.split('.').map(Number);
      expect(first).toBe(127);
      expect(second >= 64 && second <= 127).toBe(true);
      expect(last >= 1 && last <= 254).toBe(true);
    }
    expect(names.map((name) => chooseAddress(holder(name), [], rules))).toEqual(addresses);
    expect(new Set(addresses).size).toBeGreaterThan(1_990);
  });

  it('is the same on every machine, and another one in an instance of its own', () => {
    expect(chooseAddress(holder('shop-main'), [], rules)).toBe('127.68.97.215');
    const other = chooseAddress(holder('shop-main'), [], { ...rules, instance: '-abc123' });
    expect(other).not.toBe(chooseAddress(holder('shop-main'), [], rules));
  });

  it('is the next one where another Workspace or the proxy has the first', () => {
    const first = chooseAddress(holder('a'), [], rules);
    const second = chooseAddress(holder('a'), [holder('b', first)], rules);
    expect(second).not.toBe(first);
    const third = chooseAddress(holder('a'), [holder('b', first)], { ...rules, reserved: [second] });
    expect([first, second]).not.toContain(third);
  });

  it('stays, whatever comes later', () => {
    expect(chooseAddress(holder('a', '127.70.1.2'), [holder('b')], rules)).toBe('127.70.1.2');
    expect(chooseAddress(holder('a', '127.70.1.2'), [holder('b', '127.70.1.2', LATE)], rules)).toBe('127.70.1.2');
  });

  it('moves away from that of an earlier Workspace, from the proxy’s, and from what is no address for it', () => {
    const fresh = chooseAddress(holder('b'), [], rules);
    expect(chooseAddress(holder('b', '127.70.1.2', LATE), [holder('a', '127.70.1.2')], rules)).toBe(fresh);
    expect(chooseAddress(holder('b', '127.70.1.2'), [holder('a', '127.70.1.2')], rules)).toBe(fresh);
    expect(chooseAddress(holder('a', '127.70.1.2'), [holder('b', '127.70.1.2')], rules)).toBe('127.70.1.2');
    const reserved = { ...rules, reserved: ['127.70.1.2'] };
    expect(chooseAddress(holder('b', '127.70.1.2'), [], reserved)).toBe(fresh);
    for (const bad of ['127.0.0.1', '127.128.0.1', '10.0.0.1', '0.0.0.0', 'x']) {
      expect(chooseAddress(holder('b', bad), [], rules)).toBe(fresh);
    }
  });
});

describe('addresses that are given out', () => {
  const own = chooseAddress(holder('shop-main'), [], rules);

  /** Looks at each, as reconciles that run at the same time do: no status is written in between. */
  function look(...workspaces: Workspace[]): { addresses: Map<string, string>; at(name: string): string } {
    const host = { nameSuffix: '', proxyAddresses: ['127.0.0.1'] };
    const context = { host, api: { workspaces: { list: () => workspaces } } } as unknown as WorkspaceContext;
    const addresses = new Map<string, string>();
    const find = (name: string): Workspace => workspaces.find(({ metadata }) => metadata.name === name)!;
    return { addresses, at: (name) => observeAddress({ context, workspace: find(name), addresses } as Look) };
  }
  const named = (name: string, address?: string): Workspace => ({
    ...aWorkspace({}, { name }),
    ...(address !== undefined && { status: { address } }),
  });

  it('are never the same, though no status tells yet', () => {
    // Another Workspace has got this one's address, in the status of neither.
    const { addresses, at } = look(named('shop-main'), named('other'));
    addresses.set('other', own);
    const given = at('shop-main');
    expect(given).not.toBe(own);
    expect(at('other')).toBe(own);
    expect(at('shop-main')).toBe(given);
  });

  it('are parted again where two statuses have the same, in whichever order they are looked at', () => {
    for (const order of [
      ['shop-a', 'shop-b'],
      ['shop-b', 'shop-a'],
    ]) {
      const { at } = look(named('shop-b', own), named('shop-a', own));
      for (const name of [...order, ...order]) at(name);
      expect(at('shop-a')).toBe(own);
      expect(at('shop-b')).not.toBe(own);
    }
  });
});
