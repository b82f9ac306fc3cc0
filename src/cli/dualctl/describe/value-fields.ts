import type { Field } from './layout.ts';

const NONE = '<none>';

/** Any part of an object as fields: `deletionPolicy: Retain` becomes `Deletion Policy:  Retain`, lists of objects are indented. */
export function valueFields(value: object): Field[] {
  const given = Object.entries(value).filter(([, member]) => member !== undefined && member !== null);
  return given.map(([key, member]) => ({ name: words(key), value: fieldValue(member) }));
}

function fieldValue(value: unknown): Field['value'] {
  if (typeof value !== 'object' || value === null) return oneLine(String(value));
  if (!Array.isArray(value)) return Object.keys(value).length === 0 ? NONE : valueFields(value);
  if (value.length === 0) return NONE;
  if (value.every((item) => typeof item !== 'object')) return value.map((item) => oneLine(String(item)));
  return value.map((item: unknown, index) => ({ name: nameOf(item, index), value: itemFields(item) }));
}

/** A list's items go by their names where they have some. */
function nameOf(item: unknown, index: number): string {
  const { name, path } = (item ?? {}) as { name?: unknown; path?: unknown };
  const known = name ?? path;
  return typeof known === 'string' ? known : String(index);
}

function itemFields(item: unknown): Field['value'] {
  const { name: _, ...rest } = item as Record<string, unknown>;
  return Object.keys(rest).length === 0 ? NONE : valueFields(rest);
}

/** `unpushedCommits` as `Unpushed Commits`. */
function words(key: string): string {
  const spaced = key.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2');
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** What programs put into messages must not move the cursor or break the layout. */
export function oneLine(text: string): string {
  return text
    .replaceAll(/\s*\n\s*/g, ' ')
    .replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '')
    .trim();
}
