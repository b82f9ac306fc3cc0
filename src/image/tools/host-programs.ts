import { constants } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import path from 'node:path';
import { DATA_SERVICES, INSTALLERS } from '../data-services.ts';
import type { Environment } from '../npm-cli.ts';

const SOUGHT = new Set([...DATA_SERVICES.flatMap(({ programs }) => programs), ...INSTALLERS, 'python3']);

/** Where servers are that no user's PATH names. */
const PLACES = [
  '/usr/local/sbin',
  '/usr/sbin',
  '/sbin',
  '/usr/libexec',
  '/usr/lib/rabbitmq/bin',
  '/usr/share/elasticsearch/bin',
  '/usr/share/opensearch/bin',
  '/opt/kafka/bin',
];

/** PostgreSQL has a directory for each version, in another place with each distribution. */
const VERSIONED: { parent: string; name: RegExp }[] = [
  { parent: '/usr/lib/postgresql', name: /^\d+$/ },
  { parent: '/usr/lib', name: /^postgresql\d*$/ },
  { parent: '/usr/libexec', name: /^postgresql\d*$/ },
  { parent: '/usr', name: /^pgsql-\d+$/ },
];

/** Absolute paths of those programs that count here, by name; PATH comes first. Never throws. */
export async function findPrograms(env: Environment): Promise<Map<string, string>> {
  const searched = (env['PATH'] ?? '').split(path.delimiter).filter((dir) => path.isAbsolute(dir));
  const dirs = [...new Set([...searched, ...PLACES, ...(await versioned())])];
  const found = (await Promise.all(dirs.map(soughtIn))).flat();
  return new Map(found.reverse().map((file) => [path.basename(file), file]));
}

/** The newest first. */
async function versioned(): Promise<string[]> {
  const lists = VERSIONED.map(async ({ parent, name }) => {
    const names = (await namesIn(parent)).filter((entry) => name.test(entry));
    return names
      .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
      .flatMap((entry) => [path.join(parent, entry, 'bin'), path.join(parent, entry)]);
  });
  return (await Promise.all(lists)).flat();
}

async function soughtIn(dir: string): Promise<string[]> {
  const candidates = (await namesIn(dir)).filter((name) => SOUGHT.has(name)).map((name) => path.join(dir, name));
  const usable = await Promise.all(candidates.map((file) => access(file, constants.X_OK).then(() => true, no)));
  return candidates.filter((_file, index) => usable[index]);
}

async function namesIn(dir: string): Promise<string[]> {
  return readdir(dir).catch(() => []);
}

function no(): false {
  return false;
}
