import { isWithin } from '../mount-rules.ts';

/** Takes the place of a path of the host's. */
export interface Cover {
  kind: 'cover';
  /** Without links. */
  target: string;
  /** A directory or file of the sandbox's own. */
  source: string;
  /** Whether what is inside may write there. */
  writable: boolean;
  /** Permission bits of a directory that is like the host's. */
  mode?: number;
}

/** Shows a path of the host's at that same path, also where a cover hides it. */
export interface Show {
  kind: 'show';
  /** Without links. */
  target: string;
  readOnly: boolean;
}

/** Keeps a directory of the host's from being renamed, with all that is in it as it is. */
export interface Pin {
  kind: 'pin';
  /** Without links. */
  target: string;
}

export type Item = Cover | Show | Pin;

export interface Layout {
  /** What lies on the host's tree itself, parents first. */
  covers: (Cover | Pin)[];
  /** What comes on top of those, parents first. */
  rest: Item[];
  /** Where something is shown at a path that a cover has to have then. */
  mountPoints: { cover: Cover; target: string }[];
}

/**
 * The order in which all of that makes the tree that is wanted: parents first, and at the same path what is shown on top. Left out are
 * covers that would lie below others, and pins of what cannot be renamed anyway. Pure.
 */
export function layOut(items: Item[]): Layout {
  const layout: Layout = { covers: [], rest: [], mountPoints: [] };
  const placed: Item[] = [];
  for (const item of [...items].sort(byDepth)) {
    const above = placed.findLast(({ target }) => isWithin(item.target, target));
    if (isNeedless(item, above)) continue;
    placed.push(item);
    if (item.kind !== 'show' && isOnTree(above, layout)) layout.covers.push(item);
    else layout.rest.push(item);
    if (item.kind === 'show' && above?.kind === 'cover') layout.mountPoints.push({ cover: above, target: item.target });
  }
  return layout;
}

function isNeedless(item: Item, above: Item | undefined): boolean {
  if (above === undefined || item.kind === 'show') return false;
  if (item.kind === 'cover') return above.kind === 'cover';
  return above.kind === 'cover' || above.target === item.target || (above.kind === 'show' && above.readOnly);
}

/** Whether what comes below `above` lies on the host's tree itself, or on a part of it that was only pinned. */
function isOnTree(above: Item | undefined, { covers }: Layout): boolean {
  return above === undefined || (above.kind === 'pin' && covers.includes(above));
}

const ORDER = { cover: 0, show: 1, pin: 2 };

function byDepth(a: Item, b: Item): number {
  return depth(a.target) - depth(b.target) || ORDER[a.kind] - ORDER[b.kind];
}

function depth(target: string): number {
  return target.split('/').filter((name) => name !== '').length;
}
