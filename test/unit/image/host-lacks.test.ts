import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { packageRoot } from '../../../src/config/package-root.ts';
import { detectAll } from '../../../src/image/detect.ts';
import { DEFAULT_BASE, lackingOnHost } from '../../../src/image/tools/host-lacks.ts';
import type { Asked } from '../../../src/image/tools/host-lacks.ts';
import type { Host } from '../../../src/image/tools/host-look.ts';
import { parsePackages } from '../../../src/image/tools/host-packages.ts';
import type { Lack } from '../../../src/image/builder.ts';

const bare: Host = { programs: new Map(), installer: 'apt-get', packages: new Map(), pythons: [] };

function lacks(files: Record<string, string>, host: Partial<Host> = {}, asked: Partial<Asked> = {}): Lack[] {
  const findings = detectAll(new Map(Object.entries(files)));
  return lackingOnHost({ findings, base: DEFAULT_BASE, packages: [], setup: [], ...asked }, { ...bare, ...host });
}

const compose = (image: string): Record<string, string> => ({ 'compose.yaml': `services: {db: {image: '${image}'}}` });
const cause = 'compose.yaml, service db';

describe('what a host lacks', () => {
  it('is nothing when nothing is asked for', () => {
    expect(lacks({ '.nvmrc': '22', 'compose.yaml': 'services: {web: {build: .}}' })).toEqual([]);
  });

  it('is a service whose server is not there, with the command that installs it', () => {
    const remedy = 'install it on this machine: sudo apt-get install postgresql, and start it in a pane';
    expect(lacks(compose('postgres:16'))).toEqual([{ what: 'PostgreSQL 16', cause, remedy }]);
    expect(lacks(compose('postgres'), { installer: 'pacman' })[0]?.remedy).toContain('sudo pacman -S postgresql,');
    expect(lacks(compose('mongo'))[0]?.remedy).toContain('no package of it is known for apt-get');
    expect(lacks(compose('mongo'), { installer: undefined })[0]?.remedy).toBe(
      'install it on this machine, and start it in a pane',
    );
  });

  it('is a service that is installed, since nothing starts it', () => {
    const programs = new Map([['valkey-server', '/usr/bin/valkey-server']]);
    const remedy = '/usr/bin/valkey-server is on this machine, and not started: start it in a pane';
    expect(lacks(compose('redis'), { programs })).toEqual([{ what: 'Redis', cause, remedy }]);
  });

  it('is a compose file that cannot be read', () => {
    expect(lacks({ 'compose.yaml': '[' })).toMatchObject([{ cause: 'compose.yaml' }]);
  });

  it('are packages that are not installed, or of which that cannot be told', () => {
    const packages = parsePackages(
      [
        'installed\tjq\t1.6-2\t',
        'installed\tmawk\t1.3\tawk, libold (= 2.0)',
        'config-files\tgone\t1\tvanished',
        '',
      ].join('\n'),
    );
    expect(lacks({}, { packages }, { packages: ['jq', 'awk', 'jq=1.6-2', 'libold=2.0'] })).toEqual([]);
    expect(lacks({}, { packages }, { packages: ['gone', 'jq', 'jq=1.7', 'vanished'] })).toEqual([
      {
        what: 'the packages gone, jq=1.7, vanished',
        cause: 'spec.image.packages',
        remedy: 'install on this machine: sudo apt-get install gone jq=1.7 vanished',
      },
    ]);
    expect(lacks({}, { packages: undefined }, { packages: ['jq'] })).toMatchObject([
      { what: 'the package jq', remedy: expect.stringContaining('cannot be told') },
    ]);
  });

  it('are setup steps and another base', () => {
    expect(lacks({}, {}, { setup: ['a', 'b'], base: 'debian:trixie' })).toMatchObject([
      { what: 'the 2 setup steps', cause: 'spec.image.setup' },
      { what: 'the image debian:trixie', cause: 'spec.image.base' },
    ]);
  });

  it('is a Python that is missing, of another version, or not understood', () => {
    const file = { '.python-version': '3.12' };
    expect(lacks(file, { pythons: ['3.11.2', '3.12.1'] })).toEqual([]);
    expect(lacks(file)).toEqual([
      {
        what: 'Python 3.12',
        cause: '.python-version',
        remedy: 'install it on this machine: sudo apt-get install python3',
      },
    ]);
    expect(lacks(file, { pythons: ['3.11.2'] })[0]?.remedy).toBe(
      'this machine has Python 3.11.2: install the other one beside it, as with pyenv or uv',
    );
    expect(lacks({ '.python-version': 'pypy3' }, { pythons: ['3.11.2'] })[0]?.remedy).toContain('cannot be told');
  });

  it('knows what a Project starts from that names no base', async () => {
    const crd = await readFile(path.join(packageRoot(), 'crds/dual.dev_projects.yaml'), 'utf8');
    expect(JSON.stringify(parse(crd))).toContain(`"default":"${DEFAULT_BASE}"`);
  });
});
