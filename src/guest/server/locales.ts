import { existsSync, lstatSync, readdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';

/** Where programs look for locales; the driver has mounted those of the host in a directory of it. */
const LOCALES = '/usr/lib/locale';
const HOST = 'host';

/** Lets programs find the host's locales where the image has none of that name. */
export function linkHostLocales(locales = LOCALES): void {
  if (!existsSync(path.join(locales, HOST))) return;
  for (const name of readdirSync(path.join(locales, HOST))) {
    const link = path.join(locales, name);
    if (!lstatSync(link, { throwIfNoEntry: false })) symlinkSync(path.join(HOST, name), link);
  }
}
