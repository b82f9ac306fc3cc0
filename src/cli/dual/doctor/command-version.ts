import { execa } from 'execa';
import semver from 'semver';

export interface FoundCommand {
  /** What it printed, first line. */
  output: string;
  /** As semver reads it; undefined when it names none. */
  version?: string;
}

/** Asks a program for its version; undefined when the PATH has no such program or it does not start. */
export async function commandVersion(
  file: string,
  args: string[],
  env: Record<string, string | undefined>,
): Promise<FoundCommand | undefined> {
  const result = await execa(file, args, { env, extendEnv: false, reject: false, timeout: 10_000, stdin: 'ignore' });
  if (result.exitCode !== 0) return undefined;
  const output = result.stdout.split('\n', 1)[0] ?? '';
  const version = semver.coerce(output)?.version;
  return version ? { output, version } : { output };
}
