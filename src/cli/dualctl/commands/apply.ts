import type { Command } from 'commander';
import type { Context } from '../../shared/context.ts';
import { withClient } from '../../shared/connect.ts';
import { CliError } from '../../shared/errors.ts';
import { runApply } from '../apply/apply.ts';
import { parseDryRun } from '../dry-run.ts';
import { type FileOptions, loadFiles } from '../objects/files.ts';
import { addOutputFlag, parseFormat } from '../output/format.ts';
import { addFileFlags } from '../selection-flags.ts';

const FORMATS = ['json', 'yaml', 'name', 'jsonpath'];

const EXAMPLES = `
Examples:
  dualctl apply -f lightfast.yaml
  dualctl apply -f manifests/ -R
  dualctl apply -f - <lightfast.yaml
  dualctl apply -f lightfast.yaml --dry-run=server   # let the server say what it would do

Manifests in the watched directory are applied without this command, and pruned when their file goes.
Paths in a manifest are relative to its file; on standard input, to the current directory.`;

export function configureApply(command: Command, context: Context): void {
  addOutputFlag(addFileFlags(command), FORMATS)
    .option('--dry-run <strategy>', 'none, client (send nothing), or server (send, but keep nothing)')
    .addHelpText('after', EXAMPLES)
    .action(async () => {
      const options = command.opts<FileOptions & { dryRun?: string; output?: string }>();
      if (!options.filename) throw new CliError('must specify -f');
      const dryRun = parseDryRun(options.dryRun);
      const format = await parseFormat(options.output, FORMATS);
      const files = await loadFiles(context, options);
      await withClient(context, async (client) => runApply(context, client, { files, dryRun, format }));
    });
}
