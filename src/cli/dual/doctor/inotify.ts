import { readFile } from 'node:fs/promises';
import type { CheckResult, DoctorContext } from './check.ts';

/** Fifteen dev servers watch their trees at once, and all count against one user. */
const WANTED = { max_user_watches: 524_288, max_user_instances: 512 };

export async function checkInotify(
  { platform }: Pick<DoctorContext, 'platform'>,
  root = '/proc/sys/fs/inotify',
): Promise<CheckResult[]> {
  if (platform !== 'linux') return [];
  const name = 'inotify';
  const limits = await Promise.all(
    Object.entries(WANTED).map(async ([limit, wanted]) => ({ limit, wanted, value: await read(`${root}/${limit}`) })),
  );
  const low = limits.filter(({ value, wanted }) => value !== undefined && value < wanted);
  if (low.length === 0) return [{ name, status: 'ok', message: 'limits are high enough for many file watchers' }];
  const settings = low.map(({ limit, wanted }) => `fs.inotify.${limit}=${wanted}`);
  return [
    {
      name,
      status: 'warning',
      message: `${low.map(({ limit, value }) => `${limit} is ${value}`).join(', ')}: dev servers may miss changes or fail with ENOSPC`,
      fix: `printf '%s\\n' ${settings.join(' ')} | sudo tee /etc/sysctl.d/60-dual.conf && sudo sysctl --system`,
    },
  ];
}

async function read(file: string): Promise<number | undefined> {
  try {
    return Number(await readFile(file, 'utf8'));
  } catch (error) {
    // A kernel or a container that hides the limit: nothing to say about it.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
