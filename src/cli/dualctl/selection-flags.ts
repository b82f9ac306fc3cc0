import type { Command } from 'commander';
import { collect } from './flags.ts';

/** `-f`, `-R`, `-l` and `--field-selector`: which objects the command is about. */
export function addSelectionFlags(command: Command): Command {
  return addFileFlags(command)
    .option('-l, --selector <query>', 'only objects with these labels: a=b, a!=b, a in (b,c), a, !a')
    .option('--field-selector <query>', 'only objects with these fields, as in metadata.name=x');
}

export function addFileFlags(command: Command): Command {
  return command
    .option('-f, --filename <file>', 'a manifest, a directory of manifests, or - for standard input', collect)
    .option('-R, --recursive', 'read directories given with -f all the way down');
}
