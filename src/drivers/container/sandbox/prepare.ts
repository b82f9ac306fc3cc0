import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ContainerSpec } from '../driver.ts';
import { isWithin } from '../mount-rules.ts';
import { sandboxCovers } from './covers.ts';
import { makeLocalBin } from './local-bin.ts';
import type { LimitsGrant, NetworkHelper } from './helpers.ts';
import { keyringMeans } from './keyring.ts';
import { layOut } from './layout.ts';
import type { Cover, Layout } from './layout.ts';
import { NO_HOSTNAME, NO_KEYRING } from './notices.ts';
import { pinsOf } from './pins.ts';
import { findProgram, firstFound, HOSTNAME, LOOPBACK, NEEDED } from './programs.ts';
import { INIT, LAUNCH } from './scripts.ts';
import { makeSkeleton } from './skeleton.ts';
import { resolvConf } from './sources.ts';
import type { Sources } from './sources.ts';
import { mountTables } from './tables.ts';

export interface Preparation {
  /** The sandbox's directory. */
  dir: string;
  spec: ContainerSpec;
  sources: Sources;
  guestRuntime: string;
  grant: LimitsGrant;
  helper: NetworkHelper | undefined;
  /** Where programs are looked for. */
  search: string;
  root: boolean;
}

/** Writes what the scripts read. To be called while the sandbox does not run. @returns notices */
export async function prepare(preparation: Preparation): Promise<string[]> {
  const { dir, sources } = preparation;
  const conf = await nameResolution(preparation);
  const layout = layOut([
    ...(await sandboxCovers(dir, sources)),
    ...(conf && !conf.inRun ? [conf.cover] : []),
    ...pinsOf(sources.hidden),
    { kind: 'show', target: sources.worktree, readOnly: false },
    ...sources.mounts.map(({ path: target, readOnly }) => ({ kind: 'show', target, readOnly }) as const),
  ]);
  await makeSkeleton(dir, layout);
  if (sources.tools !== undefined)
    makeLocalBin(path.join(dir, 'local-bin'), { tools: sources.tools, local: path.join(localDir(), 'bin') });
  if (conf) put(conf.cover.source, conf.text);
  writeTables(preparation, layout);
  const naming = hostNaming(preparation);
  const keyring = keyringMeans(preparation.search);
  writeAll(dir, {
    launch: LAUNCH,
    init: INIT,
    sockets: oneLineEach(sources.tmp?.sockets ?? []),
    cgroup: `${preparation.grant.cgroup ?? ''}\n`,
    keyring: `${keyring}\n`,
    programs: NEEDED.map((name) => `${findProgram(name, preparation.search) ?? name}\n`).join(''),
    params: parameters(preparation, naming)
      .map((value) => `${value}\n`)
      .join(''),
  });
  return [...(keyring === '' ? [NO_KEYRING] : []), ...(naming === undefined ? [NO_HOSTNAME] : [])];
}

/** Less those with a line break in their names. */
function oneLineEach(files: string[]): string {
  const plain = files.filter((file) => !file.includes('\n'));
  return plain.map((file) => `${file}\n`).join('');
}

function put(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o755 });
  writeFileSync(file, text, { mode: 0o644 });
}

/** Where the host's file is one of /run's, it has to be made again there. */
async function nameResolution({
  dir,
  helper,
}: Preparation): Promise<{ text: string; inRun: boolean; cover: Cover } | undefined> {
  const conf = await resolvConf();
  if (!conf) return undefined;
  const inRun = isWithin(conf.file, '/run');
  if (!inRun && !helper) return undefined;
  const source = path.join(dir, inRun ? conf.file : 'resolv.conf');
  const text = helper ? helper.resolvConf(conf.text) : conf.text;
  return { text, inRun, cover: { kind: 'cover', target: conf.file, source, writable: false } };
}

function writeTables({ dir, spec, sources, guestRuntime, root }: Preparation, layout: Layout): void {
  const tables = mountTables({
    dir,
    layout,
    guestDir: realpathSync(spec.guestDir),
    guestRuntime: realpathSync(guestRuntime),
    tools: sources.tools,
    mountInfo: readFileSync('/proc/self/mountinfo', 'utf8'),
    filesystems: readFileSync('/proc/filesystems', 'utf8'),
    root,
  });
  writeAll(dir, { 'stage.table': tables.stage, 'covers.table': tables.covers, binds: tables.binds });
}

/** What gives it its host name: nothing where it has the host's; undefined when there is nothing that could. */
function hostNaming({ spec, search }: Preparation): string | undefined {
  return spec.hostname === os.hostname() ? '' : firstFound(HOSTNAME, search);
}

/** In the order in which the script reads them. */
function parameters(preparation: Preparation, naming: string | undefined): (string | number)[] {
  const { spec, sources, grant, search, root } = preparation;
  const layer = root ? 'writable' : 'read-only';
  return [
    spec.user.uid,
    spec.user.gid,
    grant.processes ?? '',
    firstFound(LOOPBACK, search) ?? '',
    naming ?? '',
    spec.hostname,
    sources.tools === undefined ? '' : layer,
    localDir(),
  ];
}

function localDir(): string {
  return existsSync('/usr/local') ? realpathSync('/usr/local') : '/usr/local';
}

function writeAll(dir: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(dir, name), text, { mode: 0o600 });
}
