import type { KubeObject } from '../../api/meta.ts';
import { ApiError } from '../../errors/api-error.ts';

export type ObjectMatcher = (object: KubeObject) => boolean;

/** Dotted paths that can be selected by. */
export type SelectableFields = readonly string[];

/** `a.b=c,d.e!=f`: all of them must hold. `\` escapes `,`, `=` and itself in values. @throws ApiError BadRequest */
export function parseFieldSelector(selector: string, fields: SelectableFields): ObjectMatcher {
  const terms = selector.split(/(?<!\\),/).filter((term) => term.trim() !== '');
  const matchers = terms.map((term) => parseTerm(term.trim(), fields));
  return (object) => matchers.every((matches) => matches(object));
}

function parseTerm(term: string, fields: SelectableFields): ObjectMatcher {
  const [, field, operator, value] = /^([^=!]+)(==|=|!=)(.*)$/s.exec(term) ?? [];
  if (field === undefined || value === undefined) {
    throw new ApiError('BadRequest', `invalid field selector ${JSON.stringify(term)}: it has the form field=value`);
  }
  if (!fields.includes(field)) {
    throw new ApiError('BadRequest', `field label not supported: ${field} (supported: ${fields.join(', ')})`);
  }
  const wanted = value.replace(/\\([\\,=])/g, '$1');
  return (object) => (fieldOf(object, field) === wanted) === (operator !== '!=');
}

/** Empty when there is none, as in Kubernetes. */
function fieldOf(object: KubeObject, field: string): string {
  let value: unknown = object;
  for (const name of field.split('.')) {
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  }
  return value === undefined || value === null ? '' : String(value);
}
