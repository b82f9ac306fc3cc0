import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { KubeObject } from '../../api/meta.ts';
import type { Resource } from '../../api/scheme.ts';
import type { OpenApiSchema } from '../schema/openapi.ts';

export interface PrinterColumn {
  name: string;
  type: string;
  format?: string;
  description?: string;
  priority?: number;
  jsonPath: string;
}

interface CrdVersion {
  name: string;
  served: boolean;
  subresources?: { status?: object };
  additionalPrinterColumns?: PrinterColumn[];
  schema: { openAPIV3Schema: OpenApiSchema };
}

/** apiextensions.k8s.io/v1 */
export type Crd = KubeObject<{
  group: string;
  scope: 'Cluster' | 'Namespaced';
  names: { kind: string; plural: string; singular: string; shortNames?: string[]; categories?: string[] };
  versions: CrdVersion[];
}> & { spec: object };

/** What a CRD defines, in the one version that is served. */
export interface Definition {
  resource: Resource;
  categories: string[];
  hasStatus: boolean;
  printerColumns: PrinterColumn[];
  schema: OpenApiSchema;
}

export function readCrds(dir: string): Crd[] {
  const files = readdirSync(dir).filter((file) => file.endsWith('.yaml'));
  return files.sort().map((file) => parse(readFileSync(path.join(dir, file), 'utf8')) as Crd);
}

/** @throws Error when the CRD serves no version */
export function definitionOf({ metadata, spec }: Crd): Definition {
  const version = spec.versions.find(({ served }) => served);
  if (!version) throw new Error(`the CRD ${metadata.name} serves no version`);
  const { kind, plural, singular, shortNames = [], categories = [] } = spec.names;
  const { group, scope } = spec;
  return {
    resource: { group, version: version.name, kind, plural, singular, shortNames, namespaced: scope === 'Namespaced' },
    categories,
    hasStatus: version.subresources?.status !== undefined,
    printerColumns: version.additionalPrinterColumns ?? [],
    schema: version.schema.openAPIV3Schema,
  };
}
