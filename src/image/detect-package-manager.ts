import semver from 'semver';
import type { RelevantFile, RepoFiles, Requirement } from './requirement.ts';
import { engineOf, parsePackageJson } from './package-json.ts';
import { quoted, unknownVersion } from './unknown-version.ts';

type Manager = 'npm' | 'pnpm' | 'yarn';
const MANAGERS: readonly string[] = ['npm', 'pnpm', 'yarn'] satisfies Manager[];

/** What is needed of a lock file stands in its first lines. */
const HEAD = 4 * 1024;

export const PACKAGE_MANAGER_FILES: RelevantFile[] = ['pnpm-lock.yaml', 'yarn.lock'].map((path) => ({
  path,
  limit: HEAD,
  headOnly: true,
}));

/**
 * Which package manager beside the npm that comes with Node: by the `packageManager` field, else by the lock file. One that Dual does
 * not install (bun) is left to `spec.image.setup`.
 */
export function detectPackageManager(files: RepoFiles): Requirement[] {
  const manifest = parsePackageJson(files.get('package.json'));
  if (!manifest) return [];
  if (manifest.packageManager !== undefined) return declared(manifest.packageManager);
  const locked = fromLockFile(files);
  if (!locked) return [];
  const engine = engineOf(manifest, locked.tool);
  if (engine === undefined) return [locked];
  const range = semver.validRange(engine);
  if (range === null) {
    throw unknownVersion('package.json', engine, `engines.${locked.tool} is no version range; write one as in >=9`);
  }
  return [{ ...locked, range, prefer: locked.range, asked: engine, cause: 'package.json' }];
}

/** `pnpm@9.15.4`, with or without `+sha512.…` after it. */
function declared(field: unknown): Requirement[] {
  const text = typeof field === 'string' ? field : JSON.stringify(field);
  const match = text.length <= 512 ? /^([a-z]+)@([\x21-\x2a\x2c-\x7e]+)(?:\+[\w.+/=-]+)?$/.exec(text) : null;
  const [, name = '', version = ''] = match ?? [];
  if (name === 'bun') return [];
  const range = MANAGERS.includes(name) ? semver.validRange(version || 'none') : null;
  if (range === null) {
    const why = 'packageManager must name npm, pnpm or yarn with a version, as in pnpm@9.15.4';
    throw unknownVersion('package.json', text, why);
  }
  return [{ tool: name as Manager, range, asked: version, cause: 'package.json' }];
}

function fromLockFile(files: RepoFiles): Requirement | undefined {
  const pnpm = files.get('pnpm-lock.yaml');
  if (pnpm !== undefined) return pnpmFor(pnpm);
  const yarn = files.get('yarn.lock');
  if (yarn !== undefined) return yarnFor(yarn);
  return undefined;
}

/** Majors of pnpm that read and write a format of the lock file, by the format's major. */
const PNPM_BY_LOCK: Record<string, string> = { 5: '7', 6: '8', 7: '9', 9: '10' };

function pnpmFor(lock: string): Requirement {
  const cause = 'pnpm-lock.yaml';
  const asked = /^lockfileVersion:\s*['"]?([^\s'"]+)/m.exec(lock)?.[1] ?? '';
  const major = /^(\d+)(\.\d+)?$/.exec(asked)?.[1] ?? '';
  const range = PNPM_BY_LOCK[major];
  if (range === undefined) {
    const why = `Dual does not know this lockfileVersion; name the pnpm in package.json, as in "packageManager": "pnpm@10.0.0"`;
    throw unknownVersion(cause, asked, why);
  }
  return { tool: 'pnpm', range, asked: `lockfileVersion ${quoted(asked)}`, cause };
}

/** Majors of yarn by the version of the lock file's `__metadata`; files without it are of yarn 1. */
function yarnFor(lock: string): Requirement {
  const cause = 'yarn.lock';
  if (!/^__metadata:/m.test(lock)) return { tool: 'yarn', range: '1', asked: 'yarn 1', cause };
  const version = Number(/^\s+version:\s*['"]?(\d+)/m.exec(lock)?.[1] ?? '8');
  const range = version >= 8 ? '4' : '3';
  return { tool: 'yarn', range, asked: `yarn ${range}`, cause };
}
