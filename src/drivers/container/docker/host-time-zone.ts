import { readFile, readlink } from 'node:fs/promises';
import path from 'node:path';

/** The host's time zone, see the guest's configuration. */
export interface HostTimeZone {
  /** As in `Europe/Berlin`. */
  name: string;
  /** The zone's file, in base64. */
  data: string;
}

/** Zones take a few kilobytes; what is larger is something else. */
const MAX_SIZE = 65_536;
const NAME = '((?:[A-Za-z0-9_+-]+/)*[A-Za-z0-9_+-]+)';
const LINK = new RegExp(`/zoneinfo[^/]*/${NAME}$`);
const LINE = new RegExp(`^${NAME}\\n?$`);

/** Undefined where the host has none, or gives no name to it. @param etc the host's /etc */
export async function hostTimeZone(etc: string): Promise<HostTimeZone | undefined> {
  const file = path.join(etc, 'localtime');
  const link = await readlink(file).catch(unreadable);
  const line = await readFile(path.join(etc, 'timezone'), 'utf8').catch(unreadable);
  const name = LINK.exec(link ?? '')?.[1] ?? LINE.exec(line ?? '')?.[1];
  const data = await readFile(file).catch(unreadable);
  return name === undefined || data === undefined || data.length > MAX_SIZE
    ? undefined
    : { name, data: data.toString('base64') };
}

/** EINVAL: it is no link. */
function unreadable(error: NodeJS.ErrnoException): undefined {
  if (!['ENOENT', 'ENOTDIR', 'EACCES', 'EINVAL', 'EISDIR'].includes(error.code ?? '')) throw error;
}
