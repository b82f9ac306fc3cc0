import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { findProgram } from '../../../exec/find-program.ts';
import type { TrustHost } from './host.ts';

/** A directory in which a browser keeps certificates of its own. */
export interface NssDatabase {
  browser: 'Chromium' | 'Firefox';
  /** It need not be a database yet: a browser makes its own when it is started first. */
  dir: string;
}

/** All that look alike take part: Chrome, Edge, Brave and others share Chromium's. */
const CHROMIUMS = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'brave-browser',
  'microsoft-edge',
];

export async function findNssDatabases(host: TrustHost): Promise<NssDatabase[]> {
  const chromium = host.platform === 'linux' ? await chromiumDatabases(host) : [];
  const profiles = await Promise.all(firefoxPlaces(host).map(subdirectories));
  return [
    ...chromium,
    ...profiles
      .flat()
      .filter(isDatabase)
      .map((dir): NssDatabase => ({ browser: 'Firefox', dir })),
  ];
}

/** Chromium's own is in one of two places. Snaps and flatpaks have homes of their own. */
async function chromiumDatabases({ home, env }: TrustHost): Promise<NssDatabase[]> {
  const main = path.join(home, '.pki/nssdb');
  const own = [main, path.join(dataHome(env, home), 'pki/nssdb')].filter(isDatabase);
  const isInstalled = CHROMIUMS.some((name) => findProgram(name, env) !== undefined);
  const homes = [
    ...(await subdirectories(path.join(home, 'snap'))).map((dir) => path.join(dir, 'current')),
    ...(await subdirectories(path.join(home, '.var/app'))),
  ];
  const others = homes.map((dir) => path.join(dir, '.pki/nssdb')).filter(isDatabase);
  const dirs = [...(own.length === 0 && isInstalled ? [main] : own), ...others];
  return dirs.map((dir) => ({ browser: 'Chromium', dir }));
}

function firefoxPlaces({ home, env, platform }: TrustHost): string[] {
  if (platform === 'darwin') return [path.join(home, 'Library/Application Support/Firefox/Profiles')];
  const config = env['XDG_CONFIG_HOME'] || path.join(home, '.config');
  return [
    path.join(home, '.mozilla/firefox'),
    path.join(config, 'mozilla/firefox'),
    path.join(home, 'snap/firefox/common/.mozilla/firefox'),
    path.join(home, '.var/app/org.mozilla.firefox/.mozilla/firefox'),
  ];
}

function dataHome(env: TrustHost['env'], home: string): string {
  return env['XDG_DATA_HOME'] || path.join(home, '.local/share');
}

export function isDatabase(dir: string): boolean {
  return existsSync(path.join(dir, 'cert9.db'));
}

async function subdirectories(dir: string): Promise<string[]> {
  try {
    const entries = await readdir(dir, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => path.join(dir, name));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}
