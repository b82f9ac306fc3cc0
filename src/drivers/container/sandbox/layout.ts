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
}

/** Shows a path of the host's at that same path, also where a cover hides it. */
export interface Show {
  kind: 'show';
  /** Without links. */
  target: string;
  readOnly: boolean;
}

export type Item = Cover | Show;

export interface Layout {
  /** Those that lie on the host's tree itself, parents first. */
  covers: Cover[];
  /** What comes on top of those, parents first. */
  rest: Item[];
  /** Where something is shown at a path that a cover has to have then. */
  mountPoints: { cover: Cover; target: string }[];
}

/**
 * The order in which all of that makes the tree that is wanted: parents first, and at the same path what is shown on top. Covers that
 * would lie below others are left out. Pure.
 */
export function layOut(items: Item[]): Layout {
  const layout: Layout = { covers: [], rest: [], mountPoints: [] };
  const placed: Item[] = [];
  for (const item of [...items].sort(byDepth)) {
    const above = placed.findLast(({ target }) => isWithin(item.target, target));
    if (item.kind === 'cover' && above?.kind === 'cover') continue;
    placed.push(item);
    if (item.kind === 'cover' && above === undefined) layout.covers.push(item);
    else layout.rest.push(item);
    if (item.kind === 'show' && above?.kind === 'cover') layout.mountPoints.push({ cover: above, target: item.target });
  }
  return layout;
}

function byDepth(a: Item, b: Item): number {
  const order = (item: Item): number => (item.kind === 'cover' ? 0 : 1);
  return depth(a.target) - depth(b.target) || order(a) - order(b);
}

function depth(target: string): number {
  return target.split('/').filter((name) => name !== '').length;
}
