/** Of the host's /dev, those that every program may count on and that lead to nothing. */
export const DEVICES = ['null', 'zero', 'full', 'random', 'urandom', 'tty'] as const;

/** Links in /dev, as everywhere. */
export const DEVICE_LINKS: [name: string, target: string][] = [
  ['fd', '/proc/self/fd'],
  ['stdin', '/proc/self/fd/0'],
  ['stdout', '/proc/self/fd/1'],
  ['stderr', '/proc/self/fd/2'],
  ['ptmx', 'pts/ptmx'],
];

/** Directories in /dev on which something is mounted. */
export const DEVICE_DIRS = ['pts', 'shm', 'mqueue'] as const;
