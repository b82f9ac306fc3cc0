import { CliError } from '../../shared/errors.ts';
import { lookUp, parseRelaxedPath } from '../jsonpath/path.ts';

/** `items` in the order of what `sortBy` (a JSONPath) finds in each; what lacks it comes first. @throws CliError when all lack it */
export function sortItems<T>(items: readonly T[], sortBy: string, objectOf: (item: T) => unknown): T[] {
  const path = parseRelaxedPath(sortBy);
  const keyed = items.map((item) => {
    const object = objectOf(item);
    return { item, key: lookUp(path, { root: object, current: object })[0] };
  });
  if (items.length > 0 && keyed.every(({ key }) => key === undefined)) {
    throw new CliError(`couldn't find any field with path "${path.source}" in the list of objects`);
  }
  return keyed.sort((a, b) => compare(a.key, b.key)).map(({ item }) => item);
}

function compare(a: unknown, b: unknown): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), 'en', { numeric: true });
}
