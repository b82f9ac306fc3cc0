import type { Resource } from '../../../api/scheme.ts';
import { CliError } from '../../shared/errors.ts';
import type { Target } from '../objects/resource-args.ts';

export interface WatchTarget {
  resource: Resource;
  name?: string;
  /** Narrows a list or watch down to that name. */
  fieldSelector: { fieldSelector?: string };
}

/** A watch is about one object or one collection. @throws CliError */
export function singleTarget(targets: readonly Target[]): WatchTarget {
  const names = targets.flatMap((target) => target.names);
  const [target] = targets;
  if (!target || names.length > 1) {
    throw new CliError(
      `watch is only supported on individual resources and resource collections - ${names.length} resources were found`,
    );
  }
  const [name] = names;
  if (name === undefined) return { resource: target.resource, fieldSelector: {} };
  return { resource: target.resource, name, fieldSelector: { fieldSelector: `metadata.name=${name}` } };
}
