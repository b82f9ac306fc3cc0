import { ApiError } from '../../errors/api-error.ts';

/** What the client wants to read: the objects themselves, or a Table of them. */
export type Representation = 'object' | 'table';

/** The first media type of an Accept header that can be answered with. @throws ApiError NotAcceptable */
export function negotiate(accept: string | undefined): Representation {
  if (accept === undefined || accept.trim() === '') return 'object';
  for (const range of accept.split(',')) {
    const representation = representationOf(range);
    if (representation) return representation;
  }
  throw new ApiError('NotAcceptable', 'only the following media types are accepted: application/json');
}

function representationOf(range: string): Representation | undefined {
  const [type = '', ...rest] = range.split(';').map((part) => part.trim());
  if (!['application/json', 'application/*', '*/*'].includes(type)) return undefined;
  const parameters = new Map(rest.map((parameter) => parameter.split('=', 2) as [string, string]));
  const as = parameters.get('as');
  if (as === undefined) return 'object';
  const isTable = as === 'Table' && parameters.get('v') === 'v1' && parameters.get('g') === 'meta.k8s.io';
  return isTable ? 'table' : undefined;
}
