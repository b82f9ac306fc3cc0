import {
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

export interface TimeZone {
  /** As in `Europe/Berlin`. */
  name: string;
  /** The zone's file as the host has it, in base64: for images without a database of zones. */
  data: string;
}

const ZONES = '/usr/share/zoneinfo';
/** What an image has where nobody has chosen a zone. */
const UNIVERSAL = /\/zoneinfo\/(?:Etc\/)?(?:UTC|UCT|GMT|Universal|Zulu)$/;

/**
 * Gives the machine its host's time zone, in the way in which systems keep theirs: a link to the zone's file, whose path tells runtimes
 * the name. An image that has another zone than UTC keeps it.
 */
export function setTimeZone({ name, data }: TimeZone, root = '/'): void {
  const localtime = path.join(root, 'etc/localtime');
  if (isChosen(localtime)) return;
  const zone = path.join(ZONES, name);
  const file = path.join(root, zone);
  if (!existsSync(file)) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, Buffer.from(data, 'base64'), { mode: 0o644 });
  }
  const temporary = `${localtime}.new`;
  rmSync(temporary, { force: true });
  symlinkSync(zone, temporary);
  renameSync(temporary, localtime);
  const timezone = path.join(root, 'etc/timezone');
  if (existsSync(timezone)) writeFileSync(timezone, `${name}\n`);
}

function isChosen(localtime: string): boolean {
  const stats = lstatSync(localtime, { throwIfNoEntry: false });
  if (!stats) return false;
  return !stats.isSymbolicLink() || !UNIVERSAL.test(readlinkSync(localtime));
}
