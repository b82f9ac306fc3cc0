import { readFile } from 'node:fs/promises';
import type { Authority } from '../../../proxy/tls/authority.ts';
import type { TrustHost } from './host.ts';

/** The file with all certificates that this system trusts, when the authority's is among them. */
export async function findBundle({ system }: TrustHost, { pem }: Authority): Promise<string | undefined> {
  for (const file of system.bundles) {
    if ((await textOf(file))?.includes(pem.trim())) return file;
  }
  return undefined;
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
