import { stripVTControlCharacters } from 'node:util';

/** Writes rows under each other as kubectl does: three spaces between columns, which stay as wide as they once were. */
export interface TableWriter {
  /** Lines for these rows, each ending in a newline. */
  format(rows: readonly (readonly string[])[]): string;
}

const PADDING = 3;
const MIN_WIDTH = 6;

export function createTableWriter(): TableWriter {
  const widths: number[] = [];
  return {
    format(rows) {
      const cells = rows.map((row) => row.map(cleanCell));
      for (const row of cells) remember(widths, row);
      return cells.map((row) => `${formatRow(row, widths)}\n`).join('');
    },
  };
}

/** One table, done. Headers are given as they are to be printed. */
export function formatTable(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  return createTableWriter().format(headers.length > 0 ? [headers, ...rows] : rows);
}

/** The last cell of a row is not padded, so it does not count either. */
function remember(widths: number[], row: readonly string[]): void {
  row.slice(0, -1).forEach((cell, index) => {
    widths[index] = Math.max(widths[index] ?? MIN_WIDTH, displayWidth(cell) + PADDING);
  });
}

function formatRow(row: readonly string[], widths: readonly number[]): string {
  const padded = row.map((cell, index) => {
    const missing = (widths[index] ?? 0) - displayWidth(cell);
    return index === row.length - 1 ? cell : cell + ' '.repeat(Math.max(0, missing));
  });
  return padded.join('');
}

function displayWidth(cell: string): number {
  return [...cell].length;
}

/** One line, and nothing that a terminal would obey: messages carry output of programs. */
function cleanCell(cell: string): string {
  const [first = '', ...rest] = cell.split(/[\f\n\r]/);
  const text = rest.length > 0 ? `${first}...` : first;
  return stripVTControlCharacters(text).replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}
