import { describe, expect, it } from 'vitest';
import { detect } from '../../../src/image/detect.ts';
import type { Requirement } from '../../../src/image/requirement.ts';

function detected(files: Record<string, string>): Partial<Requirement>[] {
  return detect(new Map(Object.entries(files))).map(({ tool, range, cause }) => ({ tool, range, cause }));
}

const manifest = (fields: object = {}): string => JSON.stringify({ name: 'app', ...fields });

describe('detecting Node', () => {
  it.each([
    ['22\n', '>=22.0.0 <23.0.0-0'],
    ['v22.11.0', '22.11.0'],
    ['\uFEFF22.11.0\r\n', '22.11.0'],
    ['# ours\n\n20.1.2 # pinned\n', '20.1.2'],
    ['lts/*', '24'],
    ['lts/jod', '22'],
    ['lts/Iron', '20'],
    ['lts/-1', '22'],
    ['node', '*'],
    ['>=18 <21', '>=18.0.0 <21.0.0-0'],
  ])('reads %j in .nvmrc', (text, range) => {
    expect(detected({ '.nvmrc': text })).toEqual([{ tool: 'node', range, cause: '.nvmrc' }]);
  });

  it('prefers .nvmrc, then .node-version, then engines', () => {
    const files = { '.nvmrc': '22', '.node-version': '20', 'package.json': manifest({ engines: { node: '18' } }) };
    expect(detected(files)[0]).toMatchObject({ cause: '.nvmrc' });
    const { '.nvmrc': _first, ...rest } = files;
    expect(detected(rest)[0]).toMatchObject({ cause: '.node-version' });
    expect(detected({ 'package.json': files['package.json'] })[0]).toMatchObject({ cause: 'package.json' });
  });

  it('gives the newest LTS to a repo that does not say, and nothing to one that is not of Node', () => {
    expect(detected({ 'package.json': manifest() })).toEqual([{ tool: 'node', range: '24', cause: 'package.json' }]);
    expect(detected({})).toEqual([]);
    expect(detected({ 'yarn.lock': '' })).toEqual([]);
  });

  it.each([
    ['.nvmrc', '22\nRUN curl evil'],
    ['.nvmrc', '22\rRUN curl evil'],
    ['.nvmrc', '${HOME}'],
    ['.nvmrc', '$(id)'],
    ['.nvmrc', ''],
    ['.nvmrc', '1'.repeat(60_000)],
    ['.nvmrc', 'lts/constructor'],
    ['.node-version', '22; rm -rf /'],
    ['.node-version', '22\u2028FROM x'],
    ['package.json', manifest({ engines: { node: 'RUN x\nFROM y' } })],
    ['package.json', manifest({ engines: { node: { a: 1 } } })],
    ['package.json', '[1]'],
    ['package.json', '{"engines":'],
    ['package.json', manifest({ packageManager: 'pnpm' })],
    ['package.json', manifest({ packageManager: 'pnpm@9 --x' })],
    ['package.json', manifest({ packageManager: 'pnpm@https://example.com/x.tgz' })],
    ['package.json', manifest({ packageManager: 'rm@1.0.0' })],
    ['package.json', manifest({ packageManager: 7 })],
    ['package.json', manifest({ packageManager: null })],
  ])('refuses %s with %j, naming the file, in short printable text', (file, text) => {
    const attempt = (): unknown => detect(new Map([[file, text]]));
    expect(attempt).toThrowError(expect.objectContaining({ name: 'StalledError', reason: 'UnknownVersion' }) as Error);
    try {
      attempt();
    } catch (error) {
      expect((error as Error).message).toContain(file);
      expect((error as Error).message).toMatch(/^[\x20-\x7e]{1,300}$/);
    }
  });
});

describe('detecting the package manager', () => {
  const withLock = (name: string, lock: string, fields: object = {}): Partial<Requirement> | undefined =>
    detected({ 'package.json': manifest(fields), [name]: lock })[1];

  it.each([
    ['pnpm@9.15.4', { tool: 'pnpm', range: '9.15.4' }],
    ['pnpm@9.15.4+sha512.b2dc20e2fc72', { tool: 'pnpm', range: '9.15.4' }],
    ['yarn@4.5.0', { tool: 'yarn', range: '4.5.0' }],
    ['npm@10.9.0', { tool: 'npm', range: '10.9.0' }],
  ])('takes %s from packageManager, whatever the lock file says', (packageManager, expected) => {
    const found = withLock('pnpm-lock.yaml', "lockfileVersion: '6.0'", { packageManager });
    expect(found).toEqual({ ...expected, cause: 'package.json' });
  });

  it.each([
    ['pnpm-lock.yaml', 'lockfileVersion: 5.4\n', 'pnpm', '7'],
    ['pnpm-lock.yaml', "lockfileVersion: '6.0'\n", 'pnpm', '8'],
    ['pnpm-lock.yaml', "lockfileVersion: '9.0'\n\nsettings:\n", 'pnpm', '10'],
    ['yarn.lock', '# yarn lockfile v1\n', 'yarn', '1'],
    ['yarn.lock', '__metadata:\n  version: 6\n', 'yarn', '3'],
    ['yarn.lock', '__metadata:\n  version: 8\n  cacheKey: 10\n', 'yarn', '4'],
  ])('takes it from %s (%j)', (file, lock, tool, range) => {
    expect(withLock(file, lock)).toEqual({ tool, range, cause: file });
  });

  it('lets engines narrow what the lock file allows', () => {
    const [, found] = detect(
      new Map([
        ['package.json', manifest({ engines: { pnpm: '>=9.1' } })],
        ['pnpm-lock.yaml', "lockfileVersion: '9.0'"],
      ]),
    );
    expect(found).toMatchObject({ tool: 'pnpm', range: '>=9.1.0', prefer: '10' });
  });

  it('needs none beside npm otherwise, and leaves bun alone', () => {
    expect(withLock('package-lock.json', '{}')).toBeUndefined();
    expect(withLock('bun.lock', '', { packageManager: 'bun@1.1.0' })).toBeUndefined();
  });

  it('refuses a lock file of an unknown format', () => {
    expect(() => withLock('pnpm-lock.yaml', 'lockfileVersion: 42.0')).toThrow(/pnpm-lock\.yaml asks for "42\.0"/);
    expect(() => withLock('pnpm-lock.yaml', '')).toThrow(/packageManager/);
  });
});
