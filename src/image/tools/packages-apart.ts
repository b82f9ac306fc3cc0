import { mkdir, readdir, rename, symlink } from 'node:fs/promises';
import path from 'node:path';

const PACKAGES = 'lib/node_modules';
/** Beside the above; no other program has a directory of that name there. */
const APART = 'lib/dual-packages';

/**
 * Moves the packages of a directory that is laid out as /usr/local is to a place of their own, and leaves links to them. Where the
 * directory is laid over the host's, directories of the same name are merged: the host's own npm would mix with ours, and each would
 * find modules of the other. A link hides what is below.
 */
export async function setPackagesApart(root: string): Promise<void> {
  for (const name of await packagesIn(path.join(root, PACKAGES))) {
    const place = path.join(root, PACKAGES, name);
    const apart = path.join(root, APART, name);
    await mkdir(path.dirname(apart), { recursive: true });
    await rename(place, apart);
    await symlink(path.relative(path.dirname(place), apart), place);
  }
}

/** Names with their scopes. */
async function packagesIn(dir: string): Promise<string[]> {
  const names = await readdir(dir);
  const lists = names.map(async (name) => {
    if (!name.startsWith('@')) return [name];
    return (await readdir(path.join(dir, name))).map((inner) => path.join(name, inner));
  });
  return (await Promise.all(lists)).flat();
}
