import { CliError } from '../shared/errors.ts';

export type DryRun = 'none' | 'client' | 'server';

/** @throws CliError */
export function parseDryRun(value: string | undefined): DryRun {
  if (value === undefined || value === 'none') return 'none';
  if (value === 'client' || value === 'server') return value;
  throw new CliError(`invalid dry-run value (${value}). Must be "none", "server", or "client"`);
}

/** What is added to a line about something that was not done. */
export const DRY_RUN_SUFFIX: Record<DryRun, string> = {
  none: '',
  client: ' (dry run)',
  server: ' (server dry run)',
};
