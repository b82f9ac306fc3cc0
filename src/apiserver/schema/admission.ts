import { isDeepStrictEqual } from 'node:util';
import type { ValidateFunction } from 'ajv';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import type { KubeObject, StatusCause } from '../../api/meta.ts';
import type { Resource } from '../../api/scheme.ts';
import { invalid } from '../../store/refusals.ts';
import { causesOf } from './causes.ts';
import { withDefaults } from './defaults.ts';
import { duplicates } from './duplicates.ts';
import { toJsonSchema } from './json-schema.ts';
import type { OpenApiSchema } from './openapi.ts';
import { isObject } from './openapi.ts';
import { RULES } from './rules.ts';

/** What is let into the store. */
export interface Admission {
  /** With the defaults of the schema, also for objects that an older Dual stored. */
  complete(object: KubeObject): KubeObject;
  /**
   * Throws ApiError Invalid with every fault of the object; with `current`, of what differs from it, so that an object that was
   * valid once can still be worked on and deleted.
   */
  check(object: KubeObject, current?: KubeObject): void;
}

/** More faults than anybody reads make the answer useless. */
const MAX_CAUSES = 20;

/** Checks against the schema of a kind. The validator is compiled when it is first needed. */
export function createAdmission(resource: Resource, schema: OpenApiSchema): Admission {
  let compiled: ValidateFunction | undefined;
  const rules = RULES[resource.plural] ?? [];

  function faults(object: KubeObject): StatusCause[] {
    compiled ??= compile(schema);
    compiled(object);
    const bySchema = causesOf(compiled.errors ?? []);
    return distinct([...bySchema, ...duplicates(object, schema), ...rules.flatMap((rule) => rule(object))]);
  }

  return {
    complete: (object) => withDefaults(object, schema),
    check(object, current) {
      const causes = faults(object).filter((cause) => !current || isChanged(cause, object, current));
      if (causes.length > 0) throw invalid(resource, object.metadata.name, causes.slice(0, MAX_CAUSES));
    },
  };
}

function compile(schema: OpenApiSchema): ValidateFunction {
  const ajv = new Ajv({ allErrors: true, strict: false, verbose: true });
  addFormats.default(ajv, ['date-time']);
  return ajv.compile(toJsonSchema(schema));
}

function isChanged(cause: StatusCause, object: KubeObject, current: KubeObject): boolean {
  const part = /^[^.[]*/.exec(cause.field ?? '')?.[0] ?? '';
  return !isDeepStrictEqual(partOf(object, part), partOf(current, part));
}

function partOf(object: unknown, part: string): unknown {
  return isObject(object) ? object[part] : undefined;
}

/** One fault per field: a value that breaks two rules of its field is told once. */
function distinct(causes: StatusCause[]): StatusCause[] {
  const seen = new Set<string | undefined>();
  return causes.filter((cause) => {
    if (seen.has(cause.field)) return false;
    seen.add(cause.field);
    return true;
  });
}
