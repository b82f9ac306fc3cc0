import { JSONPath } from 'jsonpath-plus';
import type { KubeObject } from '../../api/meta.ts';
import { age } from './age.ts';
import type { PrinterColumn } from './custom-resources.ts';
import type { Column } from './served.ts';

const NAME: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'Name must be unique within a namespace.',
  priority: 0,
  cell: ({ metadata }) => metadata.name,
};

const AGE: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

/** Name, then what the CRD says; Age when it says nothing. */
export function printedColumns(columns: readonly PrinterColumn[]): Column[] {
  return [NAME, ...(columns.length > 0 ? columns : [AGE]).map(toColumn)];
}

function toColumn({ name, type, format = '', description = '', priority = 0, jsonPath }: PrinterColumn): Column {
  const path = `$${jsonPath}`;
  const find = (object: KubeObject): unknown[] =>
    (JSONPath({ path, json: object, wrap: true }) as unknown[] | undefined) ?? [];
  const cell: Column['cell'] =
    type === 'date' ? (object, now) => age(find(object)[0], now) : (object) => single(find(object));
  return { name, type, format, description, priority, cell };
}

/** Several values are joined by commas. */
function single(values: unknown[]): string | number | boolean | null {
  const present = values.filter((value) => value !== undefined && value !== null);
  const [only] = present;
  if (only === undefined) return null;
  if (present.length === 1 && ['number', 'boolean'].includes(typeof only)) return only as number | boolean;
  return present.map((value) => (typeof value === 'object' ? JSON.stringify(value) : String(value))).join(',');
}
