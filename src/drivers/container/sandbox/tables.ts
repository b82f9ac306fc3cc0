import { existsSync } from 'node:fs';
import path from 'node:path';
import { isWithin } from '../mount-rules.ts';
import { NOTHING } from './covers.ts';
import { DEVICES } from './devices.ts';
import type { Cover, Item, Layout, Pin, Show } from './layout.ts';
import { BIND, COVERED, mountTable, parseMountInfo } from './mount-table.ts';
import type { MountInfo, TableLine } from './mount-table.ts';

/** What the scripts mount, in three steps; see scripts.ts. */
export interface Tables {
  /** In the sandbox's directory: parts that are then put in place as a whole. In the form of fstab(5). */
  stage: string;
  /** On the copy of the host's tree. In the form of fstab(5). */
  covers: string;
  /** On top of those; three lines each: options, source, target. One by one, since `mount -a` leaves out what seems to be mounted already. */
  binds: string;
}

export interface TablesInput {
  dir: string;
  layout: Layout;
  guestDir: string;
  guestRuntime: string;
  tools: string | undefined;
  /** Text of /proc/self/mountinfo. */
  mountInfo: string;
  /** Text of /proc/filesystems. */
  filesystems: string;
  /** Whether the host's root is the user: its rights over the kernel's own files would hold inside too. */
  root: boolean;
}

/** Pure, but for a look at which devices there are. */
export function mountTables(input: TablesInput): Tables {
  const mounts = parseMountInfo(input.mountInfo);
  return {
    stage: mountTable(stageLines(input)),
    covers: mountTable([...input.layout.covers.map((cover) => coverLine(input.dir, cover)), ...kernelLines(input)]),
    binds: input.layout.rest.flatMap((item) => bindLines(item, input, mounts)).join(''),
  };
}

function stageLines({ dir, guestDir, guestRuntime, tools, filesystems }: TablesInput): TableLine[] {
  const at = (name: string): string => path.join(dir, name);
  const devices = DEVICES.filter((name) => existsSync(`/dev/${name}`));
  return [
    ...devices.map((name) => bind(`/dev/${name}`, at(`dev/${name}`), 'bind')),
    {
      source: 'devpts',
      target: at('dev/pts'),
      type: 'devpts',
      options: 'newinstance,ptmxmode=0666,mode=0620,nosuid,noexec',
    },
    { source: 'shm', target: at('dev/shm'), type: 'tmpfs', options: 'mode=1777,nosuid,nodev' },
    ...(filesystems.includes('\tmqueue\n')
      ? [{ source: 'mqueue', target: at('dev/mqueue'), type: 'mqueue', options: 'nosuid,nodev,noexec' }]
      : []),
    // So that what is covered by it once more is covered in one step.
    bind(at(NOTHING), at(NOTHING), COVERED),
    bind(guestDir, at('run/dual/s'), 'bind'),
    bind(guestRuntime, at('run/dual/bin'), 'bind,ro,nosuid,nodev'),
    ...(tools === undefined ? [] : [bind(tools, at('run/dual/tools'), 'bind,ro,nosuid,nodev')]),
  ];
}

function coverLine(dir: string, item: Cover | Pin): TableLine {
  if (item.kind === 'pin') return bind(inCopy(dir, item.target), inCopy(dir, item.target), 'rbind');
  const { target, source, writable } = item;
  // With what was put into it. The flags of the upper one alone are changed.
  const whole = [path.join(dir, 'dev'), path.join(dir, 'run')].includes(source);
  const options = writable ? 'bind' : COVERED;
  return bind(source, inCopy(dir, target), whole ? `r${options}` : options);
}

/** Of the host's own tree, all of the sandbox's mounts would come along, and once more with each. */
function inCopy(dir: string, target: string): string {
  return path.join(dir, 'root', target);
}

/** Files through which root could change the running kernel; to others they are closed anyway. */
const KERNEL = ['sys', 'sysrq-trigger', 'irq', 'bus', 'fs', 'scsi', 'acpi', 'asound'];

function kernelLines({ dir, root }: TablesInput): TableLine[] {
  const there = KERNEL.filter((name) => root && existsSync(`/proc/${name}`));
  return there.map((name) => {
    const file = path.join(dir, 'root/proc', name);
    return bind(file, file, 'bind,ro');
  });
}

function bindLines(item: Item, { dir, layout }: TablesInput, mounts: MountInfo[]): string[] {
  if (item.kind === 'pin') return [bindLine('rbind', inCopy(dir, item.target), item.target)];
  if (item.kind === 'cover') return [bindLine(item.writable ? 'bind' : COVERED, item.source, item.target)];
  if (!item.readOnly) return [bindLine('rbind', item.target, item.target)];
  const source = mountOf(item.target, mounts);
  const below = mounts.filter(({ mountPoint }) => isShownBy(item, mountPoint, layout));
  return [
    bindLine(readOnly('rbind', source), item.target, item.target),
    // The flag is of one mount alone, not of those that came along.
    ...below.map((mount) => bindLine(readOnly('remount,bind', mount), 'none', mount.mountPoint)),
  ];
}

/** The one that a path lies on: of several at the same point the last is on top. */
function mountOf(file: string, mounts: MountInfo[]): MountInfo | undefined {
  const leading = mounts.filter(({ mountPoint }) => isWithin(file, mountPoint));
  return leading.reduce<MountInfo | undefined>(
    (best, mount) => (best && best.mountPoint.length > mount.mountPoint.length ? best : mount),
    undefined,
  );
}

function isShownBy(item: Show, mountPoint: string, { covers, rest }: Layout): boolean {
  if (mountPoint === item.target || !isWithin(mountPoint, item.target)) return false;
  const own = [...covers, ...rest].filter(({ kind, target }) => kind === 'cover' && isWithin(target, item.target));
  return !own.some(({ target }) => target !== item.target && isWithin(mountPoint, target));
}

/** What the mount is held to already must be said again: leaving it out would be taken for a wish to be rid of it, and refused. */
function readOnly(how: string, mount: MountInfo | undefined): string {
  const kept = ['nosuid', 'nodev', 'noexec'].filter((flag) => mount?.options.includes(flag));
  return [how, 'ro', ...kept].join(',');
}

function bindLine(options: string, source: string, target: string): string {
  return `${options}\n${source}\n${target}\n`;
}

function bind(source: string, target: string, options: string): TableLine {
  return { source, target, type: BIND, options };
}
