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
  refuseLinks(root, path.dirname(localtime));
  if (!existsSync(file)) {
    refuseLinks(root, path.dirname(file));
    mkdirSync(path.dirname(file), { recursive: true });
    putFile(file, Buffer.from(data, 'base64'));
  }
  const temporary = `${localtime}.new`;
  rmSync(temporary, { force: true });
  symlinkSync(zone, temporary);
  renameSync(temporary, localtime);
  const timezone = path.join(root, 'etc/timezone');
  if (lstatSync(timezone, { throwIfNoEntry: false })) putFile(timezone, `${name}\n`);
}

/** In the place of what has the name: an image's link may lead into a directory that is shared with the host. */
function putFile(file: string, data: string | Buffer): void {
  const temporary = `${file}.new`;
  rmSync(temporary, { force: true });
  writeFileSync(temporary, data, { mode: 0o644, flag: 'wx' });
  renameSync(temporary, file);
}

/** @throws Error when a directory on the way from the root is a link */
function refuseLinks(root: string, dir: string): void {
  for (let at = dir; at !== root && at !== path.dirname(at); at = path.dirname(at))
    if (lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink())
      throw new Error(`the time zone is not set: ${at} is a link`);
}

function isChosen(localtime: string): boolean {
  const stats = lstatSync(localtime, { throwIfNoEntry: false });
  if (!stats) return false;
  return !stats.isSymbolicLink() || !UNIVERSAL.test(readlinkSync(localtime));
}
