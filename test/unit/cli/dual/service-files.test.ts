import { describe, expect, it } from 'vitest';
import { resolvePaths } from '../../../../src/config/paths.ts';
import { serviceSpec } from '../../../../src/cli/dual/service/find-service.ts';
import { launchdPlist } from '../../../../src/cli/dual/service/launchd-plist.ts';
import type { ServiceSpec } from '../../../../src/cli/dual/service/service.ts';
import { unitFile, unitName } from '../../../../src/cli/dual/service/systemd-unit.ts';

const spec: ServiceSpec = {
  command: ['/opt/my node/bin/node', '/srv/100%/it"s $HOME\\dist/daemon.js'],
  env: { DUAL_HOME: '/x y', PATH: '/bin:/usr/bin' },
  home: '/home/u',
  log: '/home/u/50%/daemon.log',
};

describe('systemd unit', () => {
  it('quotes paths by its rules', () => {
    const lines = unitFile(spec).split('\n');
    expect(lines).toContain('ExecStart="/opt/my node/bin/node" "/srv/100%%/it\\"s $$HOME\\\\dist/daemon.js"');
    expect(lines).toContain('Environment="DUAL_HOME=/x y"');
    expect(lines).toContain('StandardOutput=append:/home/u/50%%/daemon.log');
  });

  it('refuses what a unit cannot hold', () => {
    expect(() => unitFile({ ...spec, command: ['/bin/x', 'a\nExecStart=/bin/evil'] })).toThrow(/line break/);
  });

  it('has a name of its own in an instance of its own', () => {
    expect(unitName({})).toBe('dual.service');
    expect(unitName({ instance: 'a1b2c3' })).toBe('dual-a1b2c3.service');
  });
});

describe('launchd property list', () => {
  it('escapes paths', () => {
    const plist = launchdPlist({ ...spec, command: ['/a & b/<node>'], instance: 'a1b2c3' });
    expect(plist).toContain('<string>/a &amp; b/&lt;node&gt;</string>');
    expect(plist).toContain('<string>dev.dual.daemon.a1b2c3</string>');
  });
});

describe('serviceSpec', () => {
  const specOf = (env: Record<string, string>): ServiceSpec =>
    serviceSpec({ env, home: '/home/u', paths: resolvePaths(env, '/home/u'), platform: 'linux' }, ['/bin/node']);

  it('carries what says where things are', () => {
    expect(specOf({ PATH: '/p', XDG_STATE_HOME: '/s', EDITOR: 'vi' }).env).toEqual({
      PATH: '/p',
      XDG_STATE_HOME: '/s',
    });
    expect(specOf({ PATH: '/p' }).instance).toBeUndefined();
  });

  it('tells instances apart', () => {
    const [a, b] = [specOf({ DUAL_HOME: '/a' }), specOf({ DUAL_HOME: '/b' })];
    expect(a.env['DUAL_HOME']).toBe('/a');
    expect(a.instance).toMatch(/^[0-9a-f]{6}$/);
    expect(a.instance).not.toBe(b.instance);
  });
});
