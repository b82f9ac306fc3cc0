import type { KubeObject } from '../../../api/meta.ts';
import { formatTable } from '../../shared/table.ts';
import { CliError } from '../../shared/errors.ts';
import { type Path, lookUp, parseRelaxedPath } from '../jsonpath/path.ts';
import { formatValue } from '../jsonpath/template.ts';

export interface CustomColumn {
  header: string;
  path: Path;
}

/** `NAME:.metadata.name,PHASE:.status.phase`. @throws CliError */
export function parseCustomColumns(spec: string): CustomColumn[] {
  return spec.split(/,(?=[^,:]*:)/).map((column) => {
    const [, header, path] = /^([^:]+):(.+)$/s.exec(column) ?? [];
    if (header === undefined || path === undefined) {
      throw new CliError(`unexpected custom-columns spec: ${column}, expected <header>:<json-path-expr>`);
    }
    return { header, path: parseRelaxedPath(path) };
  });
}

export function formatCustomColumns(
  columns: readonly CustomColumn[],
  objects: readonly KubeObject[],
  noHeaders: boolean,
): string {
  const rows = objects.map((object) => columns.map(({ path }) => formatCell(path, object)));
  return formatTable(noHeaders ? [] : columns.map(({ header }) => header), rows);
}

function formatCell(path: Path, object: KubeObject): string {
  const found = lookUp(path, { root: object, current: object });
  return found.length === 0
    ? '<none>'
    : found.map((value) => (value === null ? '<nil>' : formatValue(value))).join(',');
}
