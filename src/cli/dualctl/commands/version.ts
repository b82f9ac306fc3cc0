import type { Command } from 'commander';
import { packageVersion } from '../../../config/package-root.ts';
import { type Context, print } from '../../shared/context.ts';
import { withClient } from '../../shared/connect.ts';
import { addOutputFlag, parseFormat } from '../output/format.ts';
import { formatJson, formatYaml } from '../output/print-objects.ts';

const FORMATS = ['json', 'yaml'];

interface Versions {
  clientVersion: { gitVersion: string; platform: string };
  /** The server's version.Info, as it is. */
  serverVersion?: { gitVersion?: string };
}

export function configureVersion(command: Command, context: Context): void {
  addOutputFlag(command, FORMATS)
    .option('--client', 'only the version of dualctl; asks no server')
    .addHelpText('after', '\nExamples:\n  dualctl version\n  dualctl version --client -o json')
    .action(async () => {
      const options = command.opts<{ client?: boolean; output?: string }>();
      const format = await parseFormat(options.output, FORMATS);
      const versions = await readVersions(context, options.client === true);
      if (format.type === 'json') print(context, formatJson(versions));
      else if (format.type === 'yaml') print(context, await formatYaml(versions));
      else print(context, formatLines(versions));
    });
}

async function readVersions(context: Context, clientOnly: boolean): Promise<Versions> {
  const clientVersion = {
    gitVersion: `v${packageVersion()}`,
    platform: `${process.platform}/${process.arch}`,
  };
  if (clientOnly) return { clientVersion };
  const answer = await withClient(context, async (client) => client.raw('/version'));
  return { clientVersion, serverVersion: JSON.parse(answer) as { gitVersion?: string } };
}

function formatLines({ clientVersion, serverVersion }: Versions): string {
  const lines = [`Client Version: ${clientVersion.gitVersion}`];
  if (serverVersion) lines.push(`Server Version: ${serverVersion.gitVersion ?? 'unknown'}`);
  return lines.join('\n');
}
