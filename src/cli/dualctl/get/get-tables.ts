import type { Client } from '../../../client/client.ts';
import { isApiError } from '../../../errors/api-error.ts';
import type { Context } from '../../shared/context.ts';
import { listOptions } from '../objects/find.ts';
import type { Target } from '../objects/resource-args.ts';
import { type Table, type TableQuery, getTable, watchTable } from '../objects/server-table.ts';
import { type TablePrinter, createTablePrinter } from '../output/print-table.ts';
import type { GetResult } from './get.ts';
import { type GetRequest, isSingle } from './options.ts';
import { singleTarget } from './watch-target.ts';

type TableRequest = GetRequest & { format: { type: 'table'; wide: boolean } };

export async function getTables(context: Context, client: Client, request: TableRequest): Promise<GetResult> {
  const { targets, options } = request;
  const withKind = new Set(targets.map(({ resource }) => resource)).size > 1;
  const results = await Promise.all(targets.map(async (target) => readTable(client, target, request)));
  const texts: string[] = [];
  for (const [index, { resource }] of targets.entries()) {
    const printer = createPrinter(request, resource, withKind);
    const table = results[index]?.table;
    if (table) texts.push(printer.format(options.sortBy ? await sorted(table, options.sortBy) : table));
  }
  const blocks = texts.filter((text) => text !== '');
  context.stdout.write(blocks.join('\n'));
  return { printed: blocks.length > 0, errors: results.flatMap(({ errors }) => errors) };
}

/** Prints what there is, then each change, until the server or the user ends it. */
export async function watchTables(context: Context, client: Client, request: TableRequest): Promise<void> {
  const { options } = request;
  const target = singleTarget(request.targets);
  const query = { ...tableQuery(request), ...target.fieldSelector };
  const printer = createPrinter(request, target.resource, false);
  const print = (type: string, table: Table): void => {
    // As wide as the longest there is, so that rows stay aligned.
    const lead = options.outputWatchEvents
      ? { headers: ['EVENT'], cells: [type.padEnd('MODIFIED'.length)] }
      : undefined;
    context.stdout.write(printer.format(table, lead));
  };
  // The one by its name first: that it does not exist is an error.
  if (target.name !== undefined) await getTable(client, target.resource, { name: target.name });
  const list = await getTable(client, target.resource, query);
  if (!options.watchOnly) print('ADDED', options.sortBy ? await sorted(list, options.sortBy) : list);
  const resourceVersion = list.metadata?.resourceVersion ?? '0';
  const events = watchTable(client, target.resource, { query, resourceVersion, signal: context.interruption() });
  for await (const { type, table } of events) {
    if (type !== 'BOOKMARK') print(type, table);
  }
}

async function readTable(
  client: Client,
  { resource, names }: Target,
  request: TableRequest,
): Promise<{ table?: Table; errors: Error[] }> {
  const query = tableQuery(request);
  if (names.length === 0) return { table: await getTable(client, resource, query), errors: [] };
  const reads = names.map(async (name) => getTable(client, resource, { ...query, name }));
  const results = await Promise.allSettled(reads);
  const tables = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
  const [first] = tables;
  return {
    ...(first && { table: { ...first, rows: tables.flatMap(({ rows }) => rows) } }),
    errors: request.options.ignoreNotFound ? errors.filter((error) => !isApiError(error, 'NotFound')) : errors,
  };
}

function tableQuery({ options, targets }: TableRequest): TableQuery {
  const selectors = isSingle(targets) ? {} : listOptions(options);
  // Sorting is done here, and needs fields that the rows do not carry by default.
  return { ...selectors, ...(options.sortBy !== undefined && { includeObject: 'Object' as const }) };
}

function createPrinter(
  { format, options }: TableRequest,
  resource: Target['resource'],
  withKind: boolean,
): TablePrinter {
  return createTablePrinter(resource, {
    wide: format.wide,
    noHeaders: !options.headers,
    withKind,
    ...(options.showLabels && { showLabels: true }),
    ...(options.labelColumns && { labelColumns: options.labelColumns }),
  });
}

async function sorted(table: Table, sortBy: string): Promise<Table> {
  const { sortItems } = await import('../output/sort-by.ts');
  return { ...table, rows: sortItems(table.rows, sortBy, (row) => row.object) };
}
