import { closeSync, readdirSync, readFileSync } from 'node:fs';

const O_CLOEXEC = 0o2000000;

/**
 * Closes what whoever started the machine had open and did not keep to itself: commands would inherit it, or find it in /proc. To be called
 * first of all. What this process opens itself is marked not to be inherited.
 */
export function closeInheritedFiles(): void {
  const fds = readdirSync('/proc/self/fd').map(Number);
  for (const fd of fds.filter((one) => one > 2 && isInheritable(one))) closeSync(fd);
}

function isInheritable(fd: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1];
    return flags !== undefined && (parseInt(flags, 8) & O_CLOEXEC) === 0;
  } catch (error) {
    // The one by which the list was read is closed by now.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
