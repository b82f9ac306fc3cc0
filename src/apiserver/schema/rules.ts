import path from 'node:path';
import type { KubeObject, StatusCause } from '../../api/meta.ts';
import { repeated } from './duplicates.ts';
import { isObject } from './openapi.ts';

/** Sums up what of an object a schema cannot say. Sees objects of any shape, since all errors are told at once. */
export type Rule = (object: KubeObject) => StatusCause[];

/** By plural. */
export const RULES: Readonly<Record<string, readonly Rule[]>> = {
  projects: [absolutePaths, distinctPorts, commandsInOnePlace],
};

/** The server knows no manifest file that a path could be relative to; Dual's own clients make paths absolute. */
function absolutePaths({ spec }: KubeObject): StatusCause[] {
  const source = at(spec, 'source', 'path');
  const mounts = list(at(spec, 'container', 'mounts'));
  return [
    ...absolute(source, 'spec.source.path'),
    ...mounts.flatMap((mount, index) => absolute(at(mount, 'path'), `spec.container.mounts[${index}].path`)),
  ];
}

function absolute(value: unknown, field: string): StatusCause[] {
  if (typeof value !== 'string' || value === '' || path.isAbsolute(value) || /^~(\/|$)/.test(value)) return [];
  const message = `Invalid value: ${JSON.stringify(value.slice(0, 100))}: must be an absolute path, or begin with "~/"`;
  return [{ reason: 'FieldValueInvalid', message, field }];
}

function distinctPorts({ spec }: KubeObject): StatusCause[] {
  const causes = repeated(list(at(spec, 'ports')), (item) => at(item, 'port'), 'spec.ports');
  return causes.map((cause) => ({ ...cause, field: `${cause.field}.port` }));
}

function commandsInOnePlace({ spec }: KubeObject): StatusCause[] {
  const inside = new Set(list(at(spec, 'commands', 'container')));
  return list(at(spec, 'commands', 'host')).flatMap((name, index) => {
    if (!inside.has(name)) return [];
    const message = `Invalid value: ${JSON.stringify(name)}: is in spec.commands.container too; a command runs in one place`;
    return [{ reason: 'FieldValueInvalid', message, field: `spec.commands.host[${index}]` }];
  });
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function at(value: unknown, ...fields: string[]): unknown {
  return fields.reduce<unknown>((inner, field) => (isObject(inner) ? inner[field] : undefined), value);
}
