import type { Project } from '../../../api/types.ts';
import { conditionsField } from './common.ts';
import type { Field } from './layout.ts';
import { valueFields } from './value-fields.ts';

/** What is particular to a Project, between its head and its events. */
export function projectFields({ spec, status }: Project, now: number): Field[] {
  return [
    { name: 'Spec', value: valueFields(spec) },
    { name: 'Source', value: status?.source ?? '<unknown>' },
    { name: 'Workspaces', value: String(status?.workspaces ?? 0) },
    conditionsField(status?.conditions, now),
  ];
}
