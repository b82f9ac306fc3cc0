import type { ErrorObject } from 'ajv';
import type { StatusCause } from '../../api/meta.ts';
import { hintFor } from './hints.ts';

/** What ajv found, in the words that Kubernetes uses for it. */
export function causesOf(errors: readonly ErrorObject[]): StatusCause[] {
  const mistyped = new Set(errors.filter(({ keyword }) => keyword === 'type').map(({ instancePath }) => instancePath));
  return errors
    .filter((error) => !isWithinCombination(error))
    .filter(({ keyword, instancePath }) => keyword === 'type' || !mistyped.has(instancePath))
    .map(toCause);
}

/** Of `oneOf`, `anyOf` and `not` the outcome counts, not what was found in each branch. */
function isWithinCombination(error: ErrorObject): boolean {
  return /\/(oneOf|anyOf|not)\/|\/propertyNames\//.test(error.schemaPath);
}

type Describe = (error: ErrorObject, field: string) => Pick<StatusCause, 'reason' | 'message'>;

const DESCRIBE: Record<string, Describe> = {
  additionalProperties: () => ({ reason: 'FieldValueInvalid', message: 'unknown field' }),
  required: () => ({ reason: 'FieldValueRequired', message: 'Required value' }),
  type: (error, field) => {
    const actual = JSON.stringify(typeName(error.data));
    const wanted = [error.schema].flat().join(' or ');
    return invalid(`${actual}: ${field} in body must be of type ${wanted}: ${actual}`);
  },
  enum: (error, field) => ({
    reason: 'FieldValueNotSupported',
    message: `Unsupported value: ${shown(error.data, field)}: supported values: ${(error.schema as unknown[])
      .map((value) => JSON.stringify(value))
      .join(', ')}`,
  }),
  maxLength: (error) => ({
    reason: 'FieldValueTooLong',
    message: `Too long: may not be more than ${error.schema as number} characters`,
  }),
  maxItems: (error) => ({
    reason: 'FieldValueTooMany',
    message: `Too many: ${(error.data as unknown[]).length}: must have at most ${error.schema as number} items`,
  }),
  minLength: (error, field) => invalid(`"": ${field} in body should be at least ${error.schema as number} chars long`),
  minItems: (error, field) => invalid(`[]: ${field} in body should have at least ${error.schema as number} items`),
  minimum: (error, field) =>
    invalid(
      `${shown(error.data, field)}: ${field} in body should be greater than or equal to ${error.schema as number}`,
    ),
  maximum: (error, field) =>
    invalid(`${shown(error.data, field)}: ${field} in body should be less than or equal to ${error.schema as number}`),
  format: (error, field) =>
    invalid(`${shown(error.data, field)}: ${field} in body must be of format ${error.schema as string}`),
  oneOf: (error) => ({ reason: 'FieldValueInvalid', message: `Invalid value: ${alternatives(error)}` }),
  propertyNames: (error) =>
    invalid(`${JSON.stringify(cut((error.params as { propertyName: string }).propertyName))}: not a valid key`),
};

function toCause(error: ErrorObject): StatusCause {
  const field = fieldOf(error);
  const describe = DESCRIBE[error.keyword] ?? mismatch;
  return { ...describe(error, field), field };
}

/** `pattern` and `not`. */
function mismatch(error: ErrorObject, field: string): Pick<StatusCause, 'reason' | 'message'> {
  const hint = hintFor(field)?.message?.(String(error.data));
  const value = shown(error.data, field);
  const rule = error.keyword === 'pattern' ? `should match '${error.schema as string}'` : 'is not allowed';
  return invalid([...(value === '' ? [] : [value]), hint ?? `${field} in body ${rule}`].join(': '));
}

function invalid(message: string): Pick<StatusCause, 'reason' | 'message'> {
  return { reason: 'FieldValueInvalid', message: `Invalid value: ${message}` };
}

function alternatives(error: ErrorObject): string {
  const branches = error.schema as { required?: string[] }[];
  const names = branches.map((branch) => branch.required?.join('+') ?? '?');
  const found = (error.params as { passingSchemas: number[] | null }).passingSchemas ? 'more than one is' : 'none is';
  return `exactly one of ${names.join(', ')} must be set, ${found}`;
}

/** `/spec/ports/0/name` as `spec.ports[0].name`; for a field that is missing or unknown, the path of that field. */
function fieldOf(error: ErrorObject): string {
  const { missingProperty, additionalProperty } = error.params as Record<string, string | undefined>;
  const segments = error.instancePath.split('/').slice(1).map(unescaped);
  const last = missingProperty ?? additionalProperty;
  return [...segments, ...(last === undefined ? [] : [cut(last)])].reduce(joined, '');
}

function joined(path: string, segment: string): string {
  if (/^\d+$/.test(segment)) return `${path}[${segment}]`;
  return path === '' ? segment : `${path}.${segment}`;
}

function unescaped(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Empty when it may hold a secret. */
function shown(value: unknown, field: string): string {
  if (hintFor(field)?.secret) return '';
  return typeof value === 'string' ? JSON.stringify(cut(value)) : cut(JSON.stringify(value) ?? 'null');
}

const SHOWN_LENGTH = 100;

function cut(text: string): string {
  return text.length <= SHOWN_LENGTH ? text : `${text.slice(0, SHOWN_LENGTH)}...`;
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}
