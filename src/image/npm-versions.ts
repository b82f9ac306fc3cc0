import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { RetryError } from '../errors/reconcile-errors.ts';
import { runNpm } from './npm-cli.ts';
import type { NpmOptions } from './npm-cli.ts';
import { fileName } from './npm-package.ts';
import { createSharedWork } from './shared-work.ts';

const DAY = 24 * 60 * 60_000;
const ASK_TIMEOUT = 30_000;
/** Milliseconds for which an unreachable registry is not asked again while an old list is at hand. */
const AWAY_FOR = 60_000;

const shared = createSharedWork<string[]>();
const awaySince = new Map<string, number>();

/**
 * Every version that the npm registry has of a package, from a copy that is at most `maxAge` milliseconds old (a day when left
 * out), or from an older one when the registry cannot be reached.
 * @throws StalledError UnknownVersion when there is no such package  @throws RetryError RegistryUnreachable when there is no copy either
 */
export async function npmVersions(name: string, options: NpmOptions, maxAge: number = DAY): Promise<string[]> {
  const file = path.join(options.cache, 'npm', 'versions', `${fileName(name)}.json`);
  const known = await readList(file);
  if (known && known.age < maxAge) return known.versions;
  if (known && Date.now() - (awaySince.get(file) ?? 0) < AWAY_FOR) return known.versions;
  try {
    return await shared(file, (signal) => ask(name, file, { ...options, signal }), options.signal);
  } catch (error) {
    if (!known || !(error instanceof RetryError)) throw error;
    awaySince.set(file, Date.now());
    return known.versions;
  }
}

async function ask(name: string, file: string, options: NpmOptions): Promise<string[]> {
  const args = ['view', '--json', '--loglevel=error', '--fetch-retries=1', '--fetch-retry-mintimeout=1000'];
  const output = await runNpm([...args, '--', name, 'versions'], { ...options, timeout: ASK_TIMEOUT });
  const answer: unknown = JSON.parse(output);
  const versions = (Array.isArray(answer) ? answer : [answer]).filter((version) => typeof version === 'string');
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, JSON.stringify(versions));
  await rename(temporary, file);
  return versions;
}

async function readList(file: string): Promise<{ versions: string[]; age: number } | undefined> {
  try {
    const [text, stats] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
    return { versions: JSON.parse(text) as string[], age: Date.now() - stats.mtimeMs };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
