import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PROJECTS } from '../../../../src/api/scheme.ts';
import type { PortStatus } from '../../../../src/api/types.ts';
import { createDualFixture, readyStatus, type DualFixture } from '../../../support/dual-fixture.ts';

let fixture: DualFixture;
beforeEach(async () => {
  fixture = await createDualFixture();
});
afterEach(() => fixture.close());

const PORTS: PortStatus[] = [
  {
    port: 5432,
    name: 'db',
    protocol: 'tcp',
    process: 'postgres',
    listening: true,
    routed: true,
    tcp: '127.77.12.5:5432',
  },
  {
    port: 6379,
    protocol: 'tcp',
    process: 'redis-server',
    listening: true,
    routed: false,
    reason: 'PortTaken',
    message: 'held by another (process 7)',
  },
  {
    port: 3000,
    name: 'www',
    protocol: 'http',
    process: 'node',
    listening: true,
    routed: true,
    url: 'http://shop-main.localhost:3000',
    tcp: '127.77.12.5:3000',
  },
];

function clone(name: string): string {
  const dir = path.join(fixture.home, name);
  mkdirSync(dir);
  return dir;
}

describe('dual urls', () => {
  beforeEach(async () => {
    await fixture.workspace('shop-main', { status: readyStatus(clone('main'), { ports: PORTS }) });
    await fixture.workspace('shop-next', { spec: { branch: 'next' }, status: readyStatus(clone('next')) });
  });

  it('shows every port with its URL and state', async () => {
    const { stdout } = await fixture.dual(['urls']);
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['WORKSPACE', 'PORT', 'NAME', 'URL', 'STATE', 'PROCESS'],
      ['shop-main', '3000', 'www', 'http://shop-main.localhost:3000', 'OK', 'node'],
      ['shop-main', '5432', 'db', '127.77.12.5:5432', 'OK', 'postgres'],
      ['shop-main', '6379', 'PortTaken: held by another (process 7)', 'redis-server'],
      [''],
    ]);
  });

  it('shows where each is as plain TCP', async () => {
    const { stdout } = await fixture.dual(['urls', '--tcp', 'shop-main']);
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['WORKSPACE', 'PORT', 'NAME', 'ADDRESS', 'STATE', 'PROCESS'],
      ['shop-main', '3000', 'www', '127.77.12.5:3000', 'OK', 'node'],
      ['shop-main', '5432', 'db', '127.77.12.5:5432', 'OK', 'postgres'],
      ['shop-main', '6379', 'PortTaken: held by another (process 7)', 'redis-server'],
      [''],
    ]);
    const json = (await fixture.dual(['urls', '--tcp', 'shop-main', '-o', 'json'])).stdout;
    expect(json).toBe((await fixture.dual(['urls', 'shop-main', '-o', 'json'])).stdout);
  });

  it('gives JSON', async () => {
    const { stdout } = await fixture.dual(['urls', 'shop-main', '-o', 'json']);
    expect(JSON.parse(stdout)).toEqual([
      { workspace: 'shop-main', ...PORTS[2] },
      { workspace: 'shop-main', ...PORTS[0] },
      { workspace: 'shop-main', ...PORTS[1] },
    ]);
    expect(JSON.parse((await fixture.dual(['urls', 'shop-next', '-o', 'json'])).stdout)).toEqual([]);
  });

  it('is about the current directory where that is in a workspace', async () => {
    const { code, stdout, stderr } = await fixture.dual(['urls'], { cwd: path.join(fixture.home, 'next') });
    expect([code, stdout, stderr]).toEqual([0, '', 'nothing listens in shop-next yet\n']);
  });

  it('opens one: prints it where there is no display', async () => {
    expect((await fixture.dual(['open', 'shop-main'])).stdout).toBe('http://shop-main.localhost:3000\n');
    const here = { cwd: path.join(fixture.home, 'main') };
    expect((await fixture.dual(['open', 'www'], here)).stdout).toBe('http://shop-main.localhost:3000\n');
    expect(await fixture.dual(['open', 'shop-main', '8080'])).toMatchObject({
      code: 1,
      stderr: 'error: nothing in workspace "shop-main" listens on 8080; ports: 3000 (www), 5432 (db), 6379\n',
    });
  });

  it('opens one by the browser where there is a display', async () => {
    const bin = clone('bin');
    writeFileSync(path.join(bin, 'xdg-open'), `#!/bin/sh\nprintf %s "$1" > ${bin}/opened\n`, { mode: 0o755 });
    const env = { PATH: `${bin}:${process.env['PATH']}`, DISPLAY: ':7' };
    const { stdout, stderr } = await fixture.run(['open', 'shop-main', '3000'], { env });
    expect([String(stdout), stderr]).toEqual(['', 'opened http://shop-main.localhost:3000\n']);
    expect(readFileSync(path.join(bin, 'opened'), 'utf8')).toBe('http://shop-main.localhost:3000');
  });
});

describe('a Lazy workspace that is not made yet', () => {
  const declare = (ports: object[]): Promise<unknown> => fixture.client.patch(PROJECTS, 'shop', { spec: { ports } });
  beforeEach(async () => {
    await fixture.workspace('shop-lazy', { spec: { state: 'Lazy' } });
    await declare([
      { name: 'www', port: 8080 },
      { name: 'api', port: 3000, protocol: 'http' },
      { name: 'db', port: 5432 },
      { name: 'mail', port: 8025, protocol: 'tcp' },
    ]);
  });

  it('is listed with the URLs that make it real', async () => {
    const { stdout } = await fixture.dual(['urls', 'shop-lazy']);
    expect(stdout.split('\n').map((line) => line.trim().split(/ {2,}/))).toEqual([
      ['WORKSPACE', 'PORT', 'NAME', 'URL', 'STATE', 'PROCESS'],
      ['shop-lazy', '3000', 'api', 'http://shop-lazy.localhost:3000', 'Lazy'],
      ['shop-lazy', '8080', 'www', 'http://shop-lazy.localhost:8080', 'Lazy'],
      [''],
    ]);
    const [first] = JSON.parse((await fixture.dual(['urls', '-o', 'json'])).stdout) as unknown[];
    expect(first).toMatchObject({ workspace: 'shop-lazy', port: 3000, listening: false, reason: 'Lazy' });
  });

  it('is opened at the first of them, or at the one that is named', async () => {
    expect((await fixture.dual(['open', 'shop-lazy'])).stdout).toBe('http://shop-lazy.localhost:3000\n');
    expect((await fixture.dual(['open', 'shop-lazy', 'www'])).stdout).toBe('http://shop-lazy.localhost:8080\n');
    expect((await fixture.dual(['open', 'shop-lazy', 'db'])).stderr).toContain('ports: 3000 (api), 8080 (www)');
  });

  it('has no URL where the Project lists no port, or is not there', async () => {
    await declare([]);
    await fixture.workspace('other-lazy', { spec: { project: 'other', state: 'Lazy' } });
    for (const name of ['shop-lazy', 'other-lazy']) {
      expect((await fixture.dual(['urls', name])).stderr).toBe(`nothing listens in ${name} yet\n`);
      expect((await fixture.dual(['open', name])).stderr).toContain('answers a browser yet');
    }
  });

  it('is listed with what listens once it is made', async () => {
    await fixture.setStatus('shop-lazy', readyStatus(clone('lazy'), { ports: PORTS.slice(0, 1) }));
    const { stdout } = await fixture.dual(['urls', 'shop-lazy', '-o', 'json']);
    expect(JSON.parse(stdout)).toEqual([{ workspace: 'shop-lazy', ...PORTS[0] }]);
  });
});
