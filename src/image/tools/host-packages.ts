import { CommandError, run } from '../../exec/run.ts';
import type { Environment } from '../npm-cli.ts';

const TIMEOUT = 10_000;
const FORMAT = '${db:Status-Status}\t${Package}\t${Version}\t${Provides}\n';

/** Versions of the Debian packages that are installed, by name, the names that they provide included; undefined where dpkg does not tell. */
export async function installedPackages(env: Environment): Promise<Map<string, string> | undefined> {
  try {
    const { stdout } = await run('dpkg-query', ['--show', `--showformat=${FORMAT}`], { env, timeout: TIMEOUT });
    const packages = parsePackages(stdout);
    // Another distribution may have the program, which then knows of nothing.
    return packages.size > 0 ? packages : undefined;
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
}

/** Of the format above. Pure. */
export function parsePackages(text: string): Map<string, string> {
  const installed = text
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(([status]) => status === 'installed');
  const real = installed.map(([, name = '', version = '']) => [name, version] as const);
  const provided = installed.flatMap(([, , , provides = '']) => provides.split(', ').filter(Boolean).map(provision));
  return new Map([...provided, ...real]);
}

/** `awk` or `libfoo (= 1.2)`. */
function provision(text: string): readonly [name: string, version: string] {
  const [name = '', version = ''] = text.split(' (= ');
  return [name, version.replace(/\)$/, '')];
}
