import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { installCommand } from '../../../exec/install-command.ts';
import { run } from '../../../exec/run.ts';
import type { Authority } from '../../../proxy/tls/authority.ts';
import { programOf, type TrustHost } from './host.ts';
import { findNssDatabases, isDatabase, type NssDatabase } from './nss-databases.ts';
import type { Command, Presence, TrustStore } from './store.ts';

const PACKAGES = {
  'apt-get': 'libnss3-tools',
  dnf: 'nss-tools',
  pacman: 'nss',
  zypper: 'mozilla-nss-tools',
  apk: 'nss-tools',
  brew: 'nss',
};

/** The databases of browsers that do not go by the system's store. */
export async function findNssStores(host: TrustHost): Promise<TrustStore[]> {
  const certutil = programOf(host, 'certutil');
  const databases = await findNssDatabases(host);
  return databases.map((database) => {
    const { browser, dir } = database;
    const common = { name: `${browser} (${dir})`, needsRoot: false };
    return certutil === undefined
      ? { ...common, ...closedStore(host, database) }
      : { ...common, ...openStore(host, database, certutil) };
  });
}

type Actions = Omit<TrustStore, 'name' | 'needsRoot'>;

function openStore(host: TrustHost, { dir }: NssDatabase, certutil: string): Actions {
  const database = ['-d', `sql:${dir}`];
  const create: Command[] = [
    ['mkdir', '-p', '-m', '0700', '--', dir],
    [certutil, '-N', ...database, '--empty-password'],
  ];
  return {
    async observe({ name }) {
      if (!isDatabase(dir)) return 'absent';
      const { stdout } = await run(certutil, ['-L', ...database], { env: host.env });
      return presenceIn(stdout, name);
    },
    // C: for servers of TLS, and for nothing else.
    add: ({ name, file }) => [
      ...(isDatabase(dir) ? [] : create),
      [certutil, '-A', ...database, '-t', 'C,,', '-n', name, '-i', file],
    ],
    remove: ({ name }) => [[certutil, '-D', ...database, '-n', name]],
  };
}

/** Lines of nickname and flags, three groups of them. */
function presenceIn(list: string, name: string): Presence {
  const line = list.split('\n').find((text) => text.startsWith(`${name} `));
  if (line === undefined) return 'absent';
  return /\sC[^,\s]*,[^,\s]*,[^,\s]*\s*$/.test(line) ? 'trusted' : 'partial';
}

/** Without certutil nothing can be done; what was never put in need not be taken out, though. */
function closedStore(host: TrustHost, { dir }: NssDatabase): Actions {
  return {
    lacks: { program: 'certutil', install: installCommand(host, 'certutil', PACKAGES) },
    observe: async (authority) =>
      isDatabase(dir) && (await mentions(path.join(dir, 'cert9.db'), authority)) ? 'partial' : 'absent',
    add: () => [],
    remove: () => [],
  };
}

/** Certificates stand in it as they are. A name that was taken out may still stand in a place that is free again. */
async function mentions(file: string, { name }: Authority): Promise<boolean> {
  return (await readFile(file)).includes(name);
}
