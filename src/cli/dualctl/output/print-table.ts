import type { KubeObject } from '../../../api/meta.ts';
import type { Resource } from '../../../api/scheme.ts';
import { createTableWriter } from '../../shared/table.ts';
import { typeName } from '../objects/reference.ts';
import type { Table, TableColumn, TableRow } from '../objects/server-table.ts';

export interface TableOptions {
  wide: boolean;
  noHeaders?: boolean;
  showLabels?: boolean;
  /** `-L`: labels that get a column. */
  labelColumns?: readonly string[];
  /** Names as `workspace.dual.dev/x`, since several types are shown. */
  withKind?: boolean;
}

/** Prints tables of one resource under each other: headers once, columns aligned throughout. */
export interface TablePrinter {
  /** `lead` are cells to the left of each row, and their headers. */
  format(table: Table, lead?: { headers: string[]; cells: string[] }): string;
}

export function createTablePrinter(resource: Resource, options: TableOptions): TablePrinter {
  const writer = createTableWriter();
  let columns: TableColumn[] | undefined;
  let headersDue = options.noHeaders !== true;
  return {
    format(table, lead = { headers: [], cells: [] }) {
      columns = table.columnDefinitions?.length ? table.columnDefinitions : (columns ?? []);
      const shown = columns;
      const rows = table.rows.map((row) => [...lead.cells, ...formatRow(row, shown, options, resource)]);
      if (rows.length === 0) return '';
      const head = headersDue ? [[...lead.headers, ...headers(shown, options)]] : [];
      headersDue = false;
      return writer.format([...head, ...rows]);
    },
  };
}

function headers(columns: readonly TableColumn[], options: TableOptions): string[] {
  const own = columns.filter((column) => isShown(column, options)).map((column) => column.name.toUpperCase());
  const labels = (options.labelColumns ?? []).map((label) => label.replace(/^.*\//, '').toUpperCase());
  return [...own, ...labels, ...(options.showLabels ? ['LABELS'] : [])];
}

function formatRow(
  row: TableRow,
  columns: readonly TableColumn[],
  options: TableOptions,
  resource: Resource,
): string[] {
  const cells = row.cells.flatMap((cell, index) => {
    const column = columns[index];
    return column && isShown(column, options) ? [formatCell(cell)] : [];
  });
  if (options.withKind && columns[0]?.name === 'Name') cells[0] = `${typeName(resource)}/${cells[0]}`;
  return [...cells, ...labelCells(row.object, options)];
}

function labelCells(object: KubeObject, options: TableOptions): string[] {
  const labels = object.metadata.labels ?? {};
  const columns = (options.labelColumns ?? []).map((label) => labels[label] ?? '<none>');
  return options.showLabels ? [...columns, formatLabels(labels)] : columns;
}

/** `a=b,c=d`, or `<none>`. */
function formatLabels(labels: Record<string, string>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? '<none>' : pairs.sort().join(',');
}

function isShown(column: TableColumn, options: TableOptions): boolean {
  return options.wide || (column.priority ?? 0) === 0;
}

function formatCell(cell: unknown): string {
  if (cell === null || cell === undefined) return '<none>';
  return typeof cell === 'string' ? cell : JSON.stringify(cell);
}
