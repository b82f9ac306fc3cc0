/** A line of a table of mounts, in the form of fstab(5). */
export interface TableLine {
  source: string;
  target: string;
  type: string;
  options: string;
}

export const BIND = 'none';
/** For what is only there to be empty: more than the file system itself may be held to, which a new mount must not fall behind. */
export const COVERED = 'bind,ro,nosuid,nodev,noexec';

/** Pure. */
export function mountTable(lines: TableLine[]): string {
  return lines
    .map(({ source, target, type, options }) => `${[source, target, type, options].map(escape).join(' ')} 0 0\n`)
    .join('');
}

function escape(text: string): string {
  return text.replaceAll(/[\s\\#]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

/** A mount as the kernel lists it. */
export interface MountInfo {
  mountPoint: string;
  options: string[];
}

/** From the text of /proc/PID/mountinfo; see proc(5). Pure. */
export function parseMountInfo(text: string): MountInfo[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const [, , , , mountPoint = '', options = ''] = line.split(' ');
    return { mountPoint: unescape(mountPoint), options: options.split(',') };
  });
}

function unescape(text: string): string {
  return text.replaceAll(/\\(\d{3})/g, (_, code: string) => String.fromCharCode(parseInt(code, 8)));
}
