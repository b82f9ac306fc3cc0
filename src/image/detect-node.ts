import semver from 'semver';
import type { RelevantFile, RepoFiles, Requirement } from './requirement.ts';
import { engineOf, parsePackageJson } from './package-json.ts';
import { unknownVersion } from './unknown-version.ts';

/** The newest major with long-term support. What a repo gets that does not care, and what is preferred where it leaves a choice. */
const NEWEST_LTS = 24;

/** Node's names for its long-term lines, as in `lts/jod`. */
const LTS_NAMES: Record<string, number> = {
  argon: 4,
  boron: 6,
  carbon: 8,
  dubnium: 10,
  erbium: 12,
  fermium: 14,
  gallium: 16,
  hydrogen: 18,
  iron: 20,
  jod: 22,
  krypton: 24,
};

const PREFERRED = Object.values(LTS_NAMES).join(' || ');
const LONGEST = 256;

const SMALL = 64 * 1024;
const LARGE = 5 * 1024 * 1024;

export const NODE_FILES: RelevantFile[] = [
  { path: '.nvmrc', limit: SMALL, headOnly: false },
  { path: '.node-version', limit: SMALL, headOnly: false },
  { path: 'package.json', limit: LARGE, headOnly: false },
];

/** Which Node: by `.nvmrc`, else `.node-version`, else `engines.node`; a repo with a package.json alone gets the newest LTS. */
export function detectNode(files: RepoFiles): Requirement[] {
  for (const file of ['.nvmrc', '.node-version']) {
    const text = files.get(file);
    if (text !== undefined) return [nodeRequirement(file, versionLine(file, text))];
  }
  const manifest = parsePackageJson(files.get('package.json'));
  if (!manifest) return [];
  const asked = engineOf(manifest, 'node');
  if (asked !== undefined) return [nodeRequirement('package.json', asked)];
  return [{ tool: 'node', range: String(NEWEST_LTS), asked: '', cause: 'package.json' }];
}

/** The one line that is neither empty nor a comment. */
function versionLine(file: string, text: string): string {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
  const [line] = lines;
  if (line === undefined) throw unknownVersion(file, text, 'write one Node version into it, as in 22.11.0');
  if (lines.length > 1) throw unknownVersion(file, lines.join(' / '), 'it must hold one line with one Node version');
  return line;
}

function nodeRequirement(file: string, asked: string): Requirement {
  const what = { tool: 'node', asked, cause: file } as const;
  const alias = aliasRange(asked.toLowerCase());
  if (alias !== undefined) return { ...what, range: alias };
  const range = asked.length > LONGEST || /[^\x20-\x7e]/.test(asked) ? null : semver.validRange(asked);
  if (range === null) {
    throw unknownVersion(file, asked, 'this is no Node version; write one as in 22, 22.11.0, >=20 or lts/*');
  }
  return { ...what, range, prefer: PREFERRED };
}

/** nvm's aliases as ranges. */
function aliasRange(alias: string): string | undefined {
  if (['node', 'latest', 'current', 'stable'].includes(alias)) return '*';
  if (alias === 'lts/*' || alias === 'lts') return String(NEWEST_LTS);
  const earlier = /^lts\/-([1-9])$/.exec(alias)?.[1];
  if (earlier !== undefined) return String(NEWEST_LTS - 2 * Number(earlier));
  const name = /^lts\/([a-z]+)$/.exec(alias)?.[1];
  if (name !== undefined && Object.hasOwn(LTS_NAMES, name)) return String(LTS_NAMES[name]);
  return undefined;
}
