import type { OpenApiSchema } from './openapi.ts';

const text: OpenApiSchema = { type: 'string' };
const time: OpenApiSchema = { type: 'string', format: 'date-time' };
const QUALIFIED_NAME =
  '^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$';
const LABEL_VALUE = '^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$';

/** apimachinery's ObjectMeta. `name` comes from the kind's own schema. */
export function objectMetaSchema(name: OpenApiSchema): OpenApiSchema {
  return {
    type: 'object',
    required: ['name'],
    properties: {
      name,
      generateName: { ...text, maxLength: 253 },
      namespace: { ...text, maxLength: 63 },
      selfLink: text,
      uid: { ...text, maxLength: 128 },
      resourceVersion: { ...text, pattern: '^[0-9]{1,16}$' },
      generation: { type: 'integer' },
      creationTimestamp: time,
      deletionTimestamp: time,
      deletionGracePeriodSeconds: { type: 'integer' },
      finalizers: { type: 'array', maxItems: 64, items: { ...text, pattern: QUALIFIED_NAME } },
      labels: map({ ...text, pattern: LABEL_VALUE }),
      annotations: map(text),
      ownerReferences: { type: 'array', maxItems: 64, items: ownerReference },
      managedFields: { type: 'array', items: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
    },
  };
}

const ownerReference: OpenApiSchema = {
  type: 'object',
  required: ['apiVersion', 'kind', 'name', 'uid'],
  properties: {
    apiVersion: text,
    kind: text,
    name: text,
    uid: text,
    controller: { type: 'boolean' },
    blockOwnerDeletion: { type: 'boolean' },
  },
};

function map(values: OpenApiSchema): OpenApiSchema {
  return {
    type: 'object',
    propertyNames: { pattern: QUALIFIED_NAME, maxLength: 317 },
    additionalProperties: values,
  };
}
