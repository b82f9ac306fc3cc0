import { isDeepStrictEqual } from 'node:util';
import { ApiError } from '../../errors/api-error.ts';
import { isObject } from '../schema/openapi.ts';
import { parentOf, parsePointer, readAt } from './json-pointer.ts';
import type { Pointer } from './json-pointer.ts';

const MAX_OPERATIONS = 10_000;
/** Bytes that `copy` may add up to: copying a thing into itself doubles it each time. */
const MAX_COPIED = 3 * 1024 * 1024;

interface Operation {
  op: string;
  path: Pointer;
  from: Pointer | undefined;
  value: unknown;
}

/** RFC 6902. Gives a copy. @throws ApiError BadRequest for what is no patch, Invalid where it does not apply */
export function applyJsonPatch(target: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw new ApiError('BadRequest', 'a JSON patch is a list of operations');
  if (patch.length > MAX_OPERATIONS) {
    throw new ApiError('RequestEntityTooLarge', `a JSON patch has at most ${MAX_OPERATIONS} operations`);
  }
  const root = { document: structuredClone(target) };
  const budget = { copied: 0 };
  for (const item of patch as unknown[]) apply(root, parseOperation(item), budget);
  return root.document;
}

interface Root {
  document: unknown;
}

function parseOperation(item: unknown): Operation {
  if (!isObject(item) || typeof item['op'] !== 'string' || typeof item['path'] !== 'string') {
    throw new ApiError('BadRequest', 'an operation of a JSON patch has an op and a path');
  }
  const { op, path, from } = item;
  const needsFrom = op === 'move' || op === 'copy';
  if (needsFrom && typeof from !== 'string') throw new ApiError('BadRequest', `${op} needs a from`);
  if (['add', 'replace', 'test'].includes(op) && !('value' in item)) {
    throw new ApiError('BadRequest', `${op} ${path} needs a value`);
  }
  return {
    op,
    path: parsePointer(path),
    from: needsFrom ? parsePointer(from as string) : undefined,
    value: item['value'],
  };
}

function apply(root: Root, operation: Operation, budget: { copied: number }): void {
  const { op, path, from, value } = operation;
  switch (op) {
    case 'add':
      return add(root, path, structuredClone(value));
    case 'remove':
      return remove(root, path);
    case 'replace':
      return replace(root, path, structuredClone(value));
    case 'test':
      return test(root, path, value);
    case 'move':
      return move(root, from!, path);
    case 'copy':
      return add(root, path, copied(readAt(root.document, from!), budget));
    default:
      throw new ApiError('BadRequest', `unknown operation of a JSON patch: ${JSON.stringify(op)}`);
  }
}

function add(root: Root, path: Pointer, value: unknown): void {
  if (path.length === 0) {
    root.document = value;
    return;
  }
  const { parent, last } = parentOf(root.document, path);
  if (Array.isArray(parent)) parent.splice(indexIn(parent, last, path, parent.length), 0, value);
  else setOwn(parent, last, value);
}

function remove(root: Root, path: Pointer): void {
  if (path.length === 0) throw new ApiError('Invalid', 'the whole object cannot be removed by a patch');
  readAt(root.document, path);
  const { parent, last } = parentOf(root.document, path);
  if (Array.isArray(parent)) parent.splice(indexIn(parent, last, path, parent.length - 1), 1);
  else delete parent[last];
}

function replace(root: Root, path: Pointer, value: unknown): void {
  readAt(root.document, path);
  if (path.length === 0) {
    root.document = value;
    return;
  }
  const { parent, last } = parentOf(root.document, path);
  if (Array.isArray(parent)) parent[Number(last)] = value;
  else setOwn(parent, last, value);
}

function test(root: Root, path: Pointer, value: unknown): void {
  if (!isDeepStrictEqual(readAt(root.document, path), value)) {
    throw new ApiError('Invalid', `testing value /${path.join('/')} failed: it is not what the patch expects`);
  }
}

function move(root: Root, from: Pointer, path: Pointer): void {
  if (path.length > from.length && from.every((token, index) => path[index] === token)) {
    throw new ApiError('Invalid', `/${from.join('/')} cannot be moved into itself`);
  }
  const value = readAt(root.document, from);
  remove(root, from);
  add(root, path, value);
}

function copied(value: unknown, budget: { copied: number }): unknown {
  const text = JSON.stringify(value);
  budget.copied += text.length;
  if (budget.copied > MAX_COPIED) throw new ApiError('RequestEntityTooLarge', 'the patch copies too much');
  return JSON.parse(text) as unknown;
}

/** Where in a list; `-` is behind its end. */
function indexIn(list: unknown[], token: string, path: Pointer, max: number): number {
  const index = token === '-' ? list.length : Number(token);
  if (!/^(-|0|[1-9]\d*)$/.test(token) || index > max)
    throw new ApiError('Invalid', `/${path.join('/')} is outside of the list`);
  return index;
}

/** Also for a field named `__proto__`. */
function setOwn(object: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}
