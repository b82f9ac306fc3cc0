import { MAX_DEPTH } from './nesting.ts';

/** What comes out of the parser, as plain JSON. */
export type JsonMap = Record<string, unknown>;

/** An object within a document, and where in it it is: `items[2]`, or empty for the whole document. */
export interface Part {
  value: unknown;
  field: string;
}

export function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export interface ValueProblem {
  field: string;
  message: string;
}

/** What of the value JSON cannot carry, or the server would not want to walk through. */
export function findProblem(value: unknown, field = '', depth = 0): ValueProblem | undefined {
  const message = problemOf(value, depth);
  if (message !== undefined) return { field, message };
  if (typeof value !== 'object' || value === null) return undefined;
  const list = Array.isArray(value);
  for (const [key, inner] of Object.entries(value)) {
    const name = list ? `${field}[${key}]` : [field, key].filter(Boolean).join('.');
    const problem = findProblem(inner, name, depth + 1);
    if (problem) return problem;
  }
  return undefined;
}

function problemOf(value: unknown, depth: number): string | undefined {
  if (depth > MAX_DEPTH) return `is nested more than ${MAX_DEPTH} levels deep`;
  if (typeof value === 'number' && !Number.isFinite(value)) return `${value} is not a number that JSON has`;
  if (typeof value === 'bigint') return 'the number is too large';
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isPlain(value)) return undefined;
  return 'this kind of YAML value cannot be used';
}

function isPlain(value: object): boolean {
  return Object.getPrototypeOf(value) === Object.prototype;
}

/** The items of a `kind: List`, Lists within Lists too; anything else is one part. */
export function expandLists(value: unknown, field = ''): Part[] {
  if (!isMap(value) || !isList(value)) return [{ value, field }];
  const prefix = field === '' ? 'items' : `${field}.items`;
  return (value['items'] as unknown[]).flatMap((item, index) => expandLists(item, `${prefix}[${index}]`));
}

function isList(value: JsonMap): boolean {
  return typeof value['kind'] === 'string' && value['kind'].endsWith('List') && Array.isArray(value['items']);
}
