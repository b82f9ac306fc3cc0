import { mkdir } from 'node:fs/promises';

/** A path on the host that nobody inside may see, nor have mounted. */
export interface MaskedPath {
  path: string;
  /** Whether it is a directory that is made where it is missing: else what is inside could make it, for the host to find. */
  made?: boolean;
  /** Whether the user's mounts may bring in what lies below it. */
  mountable?: boolean;
}

/** What keeps this user from making it keeps those inside from it too, or something else has the name, which is then covered. */
const OUT_OF_REACH = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST'];

/** Makes those that have to be there, so that they can be covered. */
export async function makeMasked(masked: MaskedPath[]): Promise<void> {
  const missing = masked.filter(({ made }) => made === true);
  await Promise.all(missing.map(({ path }) => makePrivate(path)));
}

async function makePrivate(dir: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
  } catch (error) {
    if (!OUT_OF_REACH.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
