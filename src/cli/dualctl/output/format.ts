import type { Command } from 'commander';
import { CliError } from '../../shared/errors.ts';
import type { Template } from '../jsonpath/template.ts';
import type { CustomColumn } from './custom-columns.ts';

/** What `-o` asks for. */
export type Format =
  | { type: 'table'; wide: boolean }
  | { type: 'json' | 'yaml' | 'name' }
  | { type: 'jsonpath'; template: Template }
  | { type: 'custom-columns'; columns: CustomColumn[] };

/** Formats that are a template: `name=template`. Loaded when asked for, since they bring a library with them. */
const TEMPLATES: Record<string, (template: string) => Promise<Format>> = {
  jsonpath: async (template) => {
    const { compileTemplate } = await import('../jsonpath/template.ts');
    return { type: 'jsonpath', template: compileTemplate(template) };
  },
  'custom-columns': async (template) => {
    const { parseCustomColumns } = await import('./custom-columns.ts');
    return { type: 'custom-columns', columns: parseCustomColumns(template) };
  },
};

/** @throws CliError that lists what there is */
export async function parseFormat(output: string | undefined, allowed: readonly string[]): Promise<Format> {
  if (output === undefined || output === '') return { type: 'table', wide: false };
  const [, name = '', template] = /^([\w-]+)(?:=(.*))?$/s.exec(output) ?? [];
  if (!allowed.includes(name)) throw unknownFormat(output, allowed);
  const compile = TEMPLATES[name];
  if (compile) {
    if (!template) throw new CliError(`template format specified but no template given: write -o ${name}=TEMPLATE`);
    return compile(template);
  }
  if (template !== undefined) throw unknownFormat(output, allowed);
  return name === 'wide' ? { type: 'table', wide: true } : { type: name as 'json' | 'yaml' | 'name' };
}

/** Adds `-o`. */
export function addOutputFlag(command: Command, allowed: readonly string[]): Command {
  const shown = allowed.map((name) => (name in TEMPLATES ? `${name}=…` : name));
  return command.option('-o, --output <format>', `output format: ${shown.join(', ')}`);
}

function unknownFormat(output: string, allowed: readonly string[]): CliError {
  const list = [...allowed].sort().join(',');
  return new CliError(
    `unable to match a printer suitable for the output format "${output}", allowed formats are: ${list}`,
  );
}
