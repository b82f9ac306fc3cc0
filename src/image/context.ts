import { Readable } from 'node:stream';
import tar from 'tar-fs';
import type { Headers, Pack } from 'tar-fs';

/** A part of a build context. Paths are relative to it. */
export type ContextEntry =
  | { kind: 'file'; path: string; content: string }
  | { kind: 'symlink' | 'hardlink'; path: string; target: string }
  /** Files below `root` (all, or those named), put below `to`. Names in `without` and `executable` are relative to `root`. */
  | {
      kind: 'tree';
      root: string;
      to: string;
      entries?: string[];
      without?: ReadonlySet<string>;
      executable?: ReadonlySet<string>;
    };

type Tree = Extract<ContextEntry, { kind: 'tree' }>;

/** Everything is root's and of one time, so that the engine's cache sees contents alone. */
const COMMON = { uid: 0, gid: 0, mtime: new Date(0) };

/** The build context as a tar stream, made while it is read: nothing is copied. */
export function contextStream(entries: ContextEntry[]): Readable {
  const trees = entries.filter((entry) => entry.kind === 'tree');
  const others = entries.filter((entry) => entry.kind !== 'tree');
  const addOthers = (pack: Pack): void => {
    for (const entry of others) addEntry(pack, entry);
    pack.finalize();
  };
  return Readable.from(
    tar.pack('/', { entries: [], finalize: false, finish: (pack) => addTrees(pack, trees, addOthers) }),
  );
}

/** One after another, as a tar stream is. */
function addTrees(pack: Pack, [tree, ...rest]: Tree[], finish: (pack: Pack) => void): void {
  if (!tree) return finish(pack);
  tar.pack(tree.root, {
    pack,
    ...(tree.entries && { entries: tree.entries }),
    map: (header) => placed(header, tree),
    ignore: (file) => tree.without?.has(file.slice(tree.root.length + 1)) ?? false,
    finalize: false,
    finish: () => addTrees(pack, rest, finish),
  });
}

function placed(header: Headers, tree: Tree): Headers {
  const executable = header.type === 'directory' || tree.executable?.has(header.name) || (header.mode & 0o100) !== 0;
  const name = header.name === '.' ? tree.to : `${tree.to}/${header.name}`;
  return { ...header, ...COMMON, name, mode: executable ? 0o755 : 0o644 };
}

function addEntry(pack: Pack, entry: Exclude<ContextEntry, Tree>): void {
  if (entry.kind === 'file') {
    pack.entry({ ...COMMON, name: entry.path, mode: 0o644 }, entry.content);
    return;
  }
  const type = entry.kind === 'symlink' ? 'symlink' : 'link';
  pack.entry({ ...COMMON, name: entry.path, type, linkname: entry.target, mode: 0o755 });
}
