/** JSON merge patches (RFC 7386), made the way `kubectl apply` makes them. */

type Json = unknown;
type JsonMap = Record<string, Json>;

/**
 * The patch that brings `current` to what `modified` declares: sets what differs, and removes what `original` (the last
 * declaration) had and `modified` no longer has. What neither of them ever declared is left alone. Lists are replaced whole.
 */
export function threeWayMergePatch(original: JsonMap, modified: JsonMap, current: JsonMap): JsonMap {
  return merged(additions(current, modified), removals(original, modified));
}

function additions(current: JsonMap, modified: JsonMap): JsonMap {
  return mapEntries(modified, (key, value) => {
    if (value === null) return undefined;
    const now = own(current, key);
    if (!isMap(value)) return isSame(now, value) ? undefined : value;
    if (!isMap(now)) return value;
    const patch = additions(now, value);
    return Object.keys(patch).length > 0 ? patch : undefined;
  });
}

function removals(original: JsonMap, modified: JsonMap): JsonMap {
  return mapEntries(original, (key, value) => {
    const next = own(modified, key);
    if (next === undefined || next === null) return value === null ? undefined : null;
    if (!isMap(value) || !isMap(next)) return undefined;
    const patch = removals(value, next);
    return Object.keys(patch).length > 0 ? patch : undefined;
  });
}

function merged(left: JsonMap, right: JsonMap): JsonMap {
  const both = mapEntries(right, (key, value) => {
    const other = own(left, key);
    return isMap(other) && isMap(value) ? merged(other, value) : value;
  });
  return { ...left, ...both };
}

/** Drops the entries whose result is undefined. Made of own properties only, so that a key like `__proto__` does no harm. */
function mapEntries(map: JsonMap, change: (key: string, value: Json) => Json): JsonMap {
  const entries = Object.entries(map).map(([key, value]) => [key, change(key, value)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function own(map: JsonMap, key: string): Json {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

function isMap(value: Json): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSame(left: Json, right: Json): boolean {
  return canonicalJson(left) === canonicalJson(right);
}

/** JSON with the keys of every object in order, so that equal values give equal texts. */
export function canonicalJson(value: Json): string {
  return JSON.stringify(value, (_key, inner: Json) =>
    isMap(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}
