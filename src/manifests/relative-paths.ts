import path from 'node:path';
import type { KubeObject } from '../api/meta.ts';
import { isMap } from './values.ts';
import type { JsonMap } from './values.ts';

/** The fields that are paths on the host; `[]` stands for every item of a list. */
const PATH_FIELDS: Record<string, string[][]> = {
  Project: [
    ['source', 'path'],
    ['container', 'mounts', '[]', 'path'],
  ],
};

/** The object with paths on the host made absolute: `~` is the home, relative means relative to the manifest's file. */
export function withAbsolutePaths<T extends KubeObject>(object: T, context: { file: string; home: string }): T {
  const absolute = (value: unknown): unknown =>
    typeof value === 'string' && value !== '' && !value.startsWith('-') ? absolutePath(value, context) : value;
  const spec = (PATH_FIELDS[object.kind] ?? []).reduce<unknown>(
    (current, field) => changeAt(current, field, absolute),
    object.spec,
  );
  return spec === undefined ? object : { ...object, spec };
}

function absolutePath(value: string, { file, home }: { file: string; home: string }): string {
  const directory = path.dirname(path.resolve(file));
  return path.resolve(
    directory,
    value.replace(/^~(?=\/|$)/, () => home),
  );
}

function changeAt(value: unknown, field: string[], change: (value: unknown) => unknown): unknown {
  const [key, ...rest] = field;
  if (key === undefined) return change(value);
  if (key === '[]') return Array.isArray(value) ? value.map((item) => changeAt(item, rest, change)) : value;
  if (!isMap(value) || !Object.hasOwn(value, key)) return value;
  return { ...(value satisfies JsonMap), [key]: changeAt(value[key], rest, change) };
}
