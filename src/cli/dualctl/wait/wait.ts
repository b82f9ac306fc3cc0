import { READY } from '../../../api/conditions.ts';
import type { Condition, KubeObject } from '../../../api/meta.ts';
import type { Resource } from '../../../api/scheme.ts';
import type { Client } from '../../../client/client.ts';
import { ApiError } from '../../../errors/api-error.ts';
import { getCondition } from '../../../conditions/conditions.ts';
import { type Context, print } from '../../shared/context.ts';
import { CliError } from '../../shared/errors.ts';
import { type Progress, startProgress } from '../../shared/progress.ts';
import { oneLine } from '../describe/value-fields.ts';
import { startDeadline } from '../objects/deadline.ts';
import { findObjects } from '../objects/find.ts';
import { followObject } from '../../shared/follow-object.ts';
import { slashed } from '../objects/reference.ts';
import type { Target } from '../objects/resource-args.ts';
import type { SelectionOptions } from '../objects/selection.ts';
import type { WaitCondition } from './condition.ts';
import { statusLine } from './status-line.ts';

export interface WaitRequest {
  targets: readonly Target[];
  selection: Pick<SelectionOptions, 'selector' | 'fieldSelector'>;
  condition: WaitCondition;
  /** Milliseconds; negative for a week. */
  timeout: number;
}

interface Waited {
  resource: Resource;
  name: string;
  /** Of the object that was there in the beginning; another one of its name is not waited for. */
  uid?: string;
}

/** Waits for all at once, and says of each when it is as asked for. @throws AggregateError with those that are not in time */
export async function runWait(context: Context, client: Client, request: WaitRequest): Promise<void> {
  const waited = await findWaited(client, request);
  const deadline = startDeadline(context, request.timeout);
  const progress = await startProgress(context, `waiting for ${waited.length} object${waited.length === 1 ? '' : 's'}`);
  const { condition } = request;
  try {
    const waits = waited.map(async (one) => waitForOne(context, client, { ...one, condition, progress, deadline }));
    const results = await Promise.allSettled(waits);
    progress.stop();
    const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
    if (errors.length > 0) throw new AggregateError(errors);
  } finally {
    progress.stop();
    deadline.clear();
  }
}

/** @throws CliError when there is nothing to wait for */
async function findWaited(client: Client, { targets, selection, condition }: WaitRequest): Promise<Waited[]> {
  const named = targets.flatMap(({ resource, names }) => names.map((name) => ({ resource, name })));
  if (condition.type === 'create') {
    if (named.length === targets.length || named.length > 0) return named;
    throw new CliError('--for=create needs the names of what is to be created');
  }
  const { objects, errors } = await findObjects(client, targets, {
    ...selection,
    ignoreNotFound: condition.type === 'delete',
  });
  if (errors.length > 0) throw new AggregateError(errors);
  const found = objects.map(({ resource, object }) => ({ resource, ...identity(object) }));
  // What is gone already needs no waiting; it is still said that it is.
  if (condition.type === 'delete' && named.length > 0) {
    return named.map((one) => found.find((each) => each.resource === one.resource && each.name === one.name) ?? one);
  }
  if (found.length === 0 && condition.type !== 'delete') throw new CliError('no matching resources found');
  return found;
}

function identity({ metadata }: KubeObject): { name: string; uid?: string } {
  return { name: metadata.name, ...(metadata.uid !== undefined && { uid: metadata.uid }) };
}

type One = Waited & { condition: WaitCondition; progress: Progress; deadline: ReturnType<typeof startDeadline> };

async function waitForOne(context: Context, client: Client, one: One): Promise<void> {
  const { resource, name, condition, progress, deadline } = one;
  let last: KubeObject | undefined;
  for await (const object of followObject(client, resource, name, deadline.signal)) {
    last = one.uid === undefined || object?.metadata.uid === one.uid ? object : undefined;
    if (condition.isMet(last)) {
      progress.around(() => {
        print(context, `${slashed(resource, name)} condition met`);
      });
      return;
    }
    if (!last && condition.type !== 'create') throw notFound(resource, name);
    progress.update(statusLine(resource, last));
  }
  if (deadline.isOver()) throw timedOut(resource, name, last);
}

function notFound(resource: Resource, name: string): ApiError {
  const type = resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
  return new ApiError('NotFound', `${type} "${name}" not found`, { name, kind: resource.plural });
}

/** kubectl's line, and below it why the object is not ready. */
function timedOut(resource: Resource, name: string, last: KubeObject | undefined): CliError {
  const line = `timed out waiting for the condition on ${resource.plural}/${name}`;
  const ready = getCondition((last?.status as { conditions?: Condition[] } | undefined)?.conditions, READY);
  if (!ready || ready.status === 'True') return new CliError(line);
  return new CliError(`${line}\n  Ready is ${ready.status} (${ready.reason}): ${oneLine(ready.message)}`);
}
