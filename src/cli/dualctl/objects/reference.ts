import type { KubeObject } from '../../../api/meta.ts';
import { type Resource, RESOURCES, apiVersionOf } from '../../../api/scheme.ts';

/** `workspace.dual.dev`, or `event` for the core group. */
export function typeName(resource: Resource): string {
  return resource.group === '' ? resource.singular : `${resource.singular}.${resource.group}`;
}

/** `workspace.dual.dev/x`: how kubectl names an object. */
export function slashed(resource: Resource, name: string): string {
  return `${typeName(resource)}/${name}`;
}

/** `workspace.dual.dev "x"`: the same, where something is said about it. */
export function quoted(resource: Resource, name: string): string {
  return `${typeName(resource)} "${name}"`;
}

/** The resource that an object belongs to, if it is one of Dual's. */
export function resourceOf(object: Pick<KubeObject, 'apiVersion' | 'kind'>): Resource | undefined {
  return RESOURCES.find((resource) => resource.kind === object.kind && apiVersionOf(resource) === object.apiVersion);
}
