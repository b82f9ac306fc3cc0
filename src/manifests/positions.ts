import { isAlias, isMap, isPair, isScalar, isSeq } from 'yaml';
import type { Document, LineCounter, Node, Pair } from 'yaml';

/** The line, counted from 1, of the field with that path, or of the nearest thing around it that is there. */
export type LineFinder = (field: string) => number;

export function lineFinder(document: Document, lines: LineCounter): LineFinder {
  return (field) => lines.linePos(offsetOf(document, keysOf(field))).line;
}

/** `spec.ports[0].port` and `metadata.labels[a.b/c]` as their keys. */
function keysOf(field: string): string[] {
  return [...field.matchAll(/\[([^\]]*)\]|([^.[\]]+)/g)].map((match) => match[1] ?? match[2] ?? '');
}

function offsetOf(document: Document, keys: string[]): number {
  let node: unknown = document.contents;
  let offset = startOf(document.contents) ?? document.range?.[0] ?? 0;
  for (const key of keys) {
    const found = childOf(resolved(node, document), key);
    if (!found) break;
    offset = found.offset ?? offset;
    node = found.node;
  }
  return offset;
}

function childOf(node: unknown, key: string): { node: unknown; offset: number | undefined } | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(key)];
    return item === undefined ? undefined : { node: item, offset: startOf(item) };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find((item): item is Pair => isPair(item) && keyText(item.key) === key);
  return pair && { node: pair.value, offset: startOf(pair.key) };
}

function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}

function resolved(node: unknown, document: Document): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}
