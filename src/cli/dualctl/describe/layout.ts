/** One line of a description: a field with its value, or a field with more below it. */
export interface Field {
  name: string;
  value: string | readonly string[] | readonly Field[] | Table;
}

export interface Table {
  headers: readonly string[];
  rows: readonly (readonly string[])[];
}

const GAP = 2;
const INDENT = '  ';

/** `Name:  value` in one column, what is below a field indented, tables with their headers underlined: as kubectl describes. */
export function formatFields(fields: readonly Field[], indent = ''): string {
  const width = Math.max(0, ...fields.filter(isFlat).map(({ name }) => name.length)) + 1 + GAP;
  return fields.map((field) => formatField(field, width, indent)).join('');
}

function formatField({ name, value }: Field, width: number, indent: string): string {
  const label = `${name}:`;
  if (typeof value === 'string') return `${indent}${label.padEnd(width)}${value}`.trimEnd() + '\n';
  if (isTable(value)) return `${indent}${label}\n${formatUnderlined(value, indent + INDENT)}`;
  if (isFieldList(value)) return `${indent}${label}\n${formatFields(value, indent + INDENT)}`;
  return value.map((line, index) => `${indent}${(index === 0 ? label : '').padEnd(width)}${line}\n`).join('');
}

function formatUnderlined({ headers, rows }: Table, indent: string): string {
  const lines = [headers, headers.map((header) => '-'.repeat(header.length)), ...rows];
  const widths = headers.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)) + GAP);
  return lines.map((line) => indent + formatLine(line, widths)).join('');
}

function formatLine(line: readonly string[], widths: readonly number[]): string {
  return `${line
    .map((cell, column) => cell.padEnd(widths[column] ?? 0))
    .join('')
    .trimEnd()}\n`;
}

function isFlat({ value }: Field): boolean {
  return typeof value === 'string' || (Array.isArray(value) && !isFieldList(value as Field['value']));
}

function isTable(value: Field['value']): value is Table {
  return typeof value === 'object' && 'headers' in value;
}

function isFieldList(value: Field['value']): value is readonly Field[] {
  return Array.isArray(value) && typeof value[0] === 'object';
}
