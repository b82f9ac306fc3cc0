import { createHash } from 'node:crypto';
import path from 'node:path';

const LONGEST = 60;

/** Where a pane's output is kept: the file that is written, and the one before it. Different panes have different files. */
export function logFilesOf(directory: string, session: string, pane: string): { current: string; previous: string } {
  const current = path.join(directory, `${fileName(session)}.${fileName(pane)}.log`);
  return { current, previous: `${current}.1` };
}

/** Whether that is the name of such a file. */
export function isLogFile(name: string): boolean {
  return /^[\w-]+\.[\w-]+\.log(\.1)?$/.test(name);
}

/** A name without dots and slashes. Those that are made plain are told apart by a hash. */
function fileName(name: string): string {
  if (/^\w[\w-]*$/.test(name) && name.length <= LONGEST) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 12);
  const plain = name.replace(/[^\w-]/g, '_').replace(/^(-|$)/, '_');
  return `${plain.slice(0, LONGEST)}-${hash}`;
}
