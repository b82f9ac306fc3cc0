import type { KubeObject } from '../../api/meta.ts';
import type { Part } from '../../store/metadata.ts';
import type { ServerContext } from '../context.ts';
import { applyJsonPatch } from '../patch/json-patch.ts';
import { applyMergePatch } from '../patch/merge-patch.ts';
import { parseJson, requireMediaType, toObject } from '../rest/body.ts';
import { deletedStatus, parseDeleteOptions } from '../rest/delete.ts';
import { isDryRun } from '../rest/query.ts';
import { representation } from '../rest/represent.ts';
import { createObject, patchObject, replaceObject } from '../rest/write.ts';
import type { Admission } from '../schema/admission.ts';
import type { Served } from '../served/served.ts';
import type { Handler } from './request.ts';
import { incoming } from './request.ts';

interface Writable {
  served: Served;
  admission: Admission;
  part: Part;
}

export function createHandler({ store, clock }: ServerContext, served: Served, admission: Admission): Handler {
  return (request, reply) => {
    const given = incoming(request);
    const represent = representation(served, given, clock.now);
    const object = readObject(given, served);
    const created = createObject({ store, served, admission, dryRun: isDryRun(given.query) }, object, given.namespace);
    void reply.code(201);
    return represent.object(created);
  };
}

export function replaceHandler({ store, clock }: ServerContext, { served, admission, part }: Writable): Handler {
  return (request) => {
    const given = incoming(request);
    const represent = representation(served, given, clock.now);
    const object = readObject(given, served);
    const context = { store, served, admission, dryRun: isDryRun(given.query) };
    return represent.object(replaceObject(context, object, { name: given.name, namespace: given.namespace, part }));
  };
}

/** Not strategic-merge-patch: without merge keys it would lose what was taken out of a list. */
const PATCHES: Readonly<Record<string, (target: unknown, patch: unknown) => unknown>> = {
  'application/json-patch+json': applyJsonPatch,
  'application/merge-patch+json': applyMergePatch,
};

export function patchHandler({ store, clock }: ServerContext, { served, admission, part }: Writable): Handler {
  return (request) => {
    const given = incoming(request);
    const represent = representation(served, given, clock.now);
    const apply = PATCHES[requireMediaType(given.contentType, Object.keys(PATCHES))]!;
    const patch = parseJson(given.body);
    const change = (current: KubeObject): KubeObject => toObject(apply(current, patch), served);
    const context = { store, served, admission, dryRun: isDryRun(given.query) };
    return represent.object(patchObject(context, change, { name: given.name, namespace: given.namespace, part }));
  };
}

export function deleteHandler({ store, clock }: ServerContext, served: Served): Handler {
  return (request) => {
    const given = incoming(request);
    const represent = representation(served, given, clock.now);
    const options = parseDeleteOptions(given, given.query);
    const key = given.namespace === undefined ? given.name : { name: given.name, namespace: given.namespace };
    const { object, removed } = store.delete(served.resource, key, options);
    return removed ? deletedStatus(served, object) : represent.object(object);
  };
}

function readObject({ contentType, body }: ReturnType<typeof incoming>, served: Served): KubeObject {
  requireMediaType(contentType, ['application/json']);
  return toObject(parseJson(body), served);
}
