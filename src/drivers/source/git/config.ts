import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Git, Setting } from './command.ts';

export const OWNER_KEY = 'dual.workspace';

/** What the clone's own config says of it. */
export interface CloneConfig {
  owner: string | undefined;
  origin: string | undefined;
  /** Take back every filter that the repo's own config defines: what runs in the machine can write it, and git would run it here. */
  guards: Setting[];
  /** Whether other files have a say in it. */
  spread: boolean;
}

export type ConfigReader = (dir: string) => Promise<CloneConfig>;

const KEPT = 500;

/** One process, and none while the file has not changed. The reader throws CommandError when `dir` is no repo. */
export function createConfigReader(git: Git): ConfigReader {
  const known = new Map<string, { stamp: string; config: CloneConfig }>();
  return async (dir) => {
    const stamp = await stampOf(path.join(dir, '.git', 'config'));
    const before = known.get(dir);
    if (before && before.stamp === stamp) return before.config;
    const { stdout } = await git(['config', '--list', '--show-scope', '-z'], { dir, readOnly: true });
    const config = parseConfig(stdout);
    known.delete(dir);
    if (known.size >= KEPT) known.clear();
    if (stamp !== undefined && !config.spread) known.set(dir, { stamp, config });
    return config;
  };
}

/** Undefined where it cannot be told whether it has changed. The time of change cannot be set by whoever writes it. */
async function stampOf(file: string): Promise<string | undefined> {
  try {
    const { dev, ino, size, ctimeNs } = await stat(file, { bigint: true });
    return [dev, ino, size, ctimeNs].join(':');
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') return undefined;
    throw error;
  }
}

export function parseConfig(output: string): CloneConfig {
  const fields = output.split('\0');
  const config: CloneConfig = { owner: undefined, origin: undefined, guards: [], spread: false };
  const filters = new Set<string>();
  for (let index = 0; index + 1 < fields.length; index += 2) {
    if (fields[index] !== 'local' && fields[index] !== 'worktree') continue;
    readEntry(fields[index + 1] ?? '', config, filters);
  }
  config.guards = [...filters].flatMap(guardsOf);
  return config;
}

function readEntry(entry: string, config: CloneConfig, filters: Set<string>): void {
  const [, key = entry, value = ''] = /^([^\n]*)\n(.*)$/s.exec(entry) ?? [];
  if (key === OWNER_KEY) config.owner = value;
  if (key === 'remote.origin.url') config.origin ??= value;
  if (/^(include|includeif)\.|^extensions\.worktreeconfig$/.test(key)) config.spread = true;
  const filter = /^filter\.(.*)\.(clean|smudge|process|required)$/s.exec(key)?.[1];
  if (filter !== undefined) filters.add(filter);
}

function guardsOf(filter: string): Setting[] {
  return [
    [`filter.${filter}.clean`, ''],
    [`filter.${filter}.smudge`, ''],
    [`filter.${filter}.process`, ''],
    [`filter.${filter}.required`, 'false'],
  ];
}
