import { isScalar, visit } from 'yaml';
import type { Document, YAMLMap } from 'yaml';

export interface DuplicateKey {
  key: string;
  /** Where in the text it stands the second time. */
  offset: number;
}

/** The keys that a map has twice. The parser could tell as well, but compares each key with all others. */
export function findDuplicateKeys(document: Document): DuplicateKey[] {
  const found: DuplicateKey[] = [];
  visit(document, { Map: (_key, map) => void found.push(...duplicatesIn(map)) });
  return found;
}

function duplicatesIn(map: YAMLMap): DuplicateKey[] {
  const seen = new Set<unknown>();
  return map.items.flatMap(({ key }) => {
    if (!isScalar(key)) return [];
    const name = String(key.value);
    if (seen.has(name)) return [{ key: name, offset: key.range?.[0] ?? 0 }];
    seen.add(name);
    return [];
  });
}
