import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa, ExecaError } from 'execa';
import { REASON } from '../api/conditions.ts';
import { RetryError, StalledError } from '../errors/reconcile-errors.ts';

export type Environment = Record<string, string | undefined>;

export interface NpmOptions {
  /** Directory for what is fetched. */
  cache: string;
  /** Of the user: PATH, proxies, certificates, npm's own settings. */
  env: Environment;
  signal?: AbortSignal;
}

/**
 * Runs npm, with the user's own settings and nobody else's, in a directory of Dual's, and gives its output.
 * @throws StalledError UnknownVersion when the registry has no such package or version  @throws RetryError RegistryUnreachable
 */
export async function runNpm(args: string[], options: NpmOptions & { timeout: number }): Promise<string> {
  const cwd = await neutralDirectory(options.cache);
  try {
    const { stdout } = await execa('npm', args, {
      cwd,
      env: npmEnvironment(options.env),
      extendEnv: false,
      stdin: 'ignore',
      timeout: options.timeout,
      maxBuffer: 64 * 1024 * 1024,
      ...(options.signal && { cancelSignal: options.signal }),
    });
    return stdout;
  } catch (error) {
    options.signal?.throwIfAborted();
    throw explain(error, args);
  }
}

/** A directory with a package.json of its own: npm looks upward for one, and would take the settings that lie beside it. */
async function neutralDirectory(cache: string): Promise<string> {
  const dir = path.join(cache, 'npm', '.cwd');
  await mkdir(dir, { recursive: true });
  await writeFile(path.join(dir, 'package.json'), '{"private":true}\n');
  return dir;
}

/** Without what `npm run` sets when Dual itself was started by it: that names a project, whose settings would count. */
function npmEnvironment(env: Environment): Environment {
  const foreign = /^(npm_config_local_prefix|npm_package_|npm_lifecycle_|npm_command$|INIT_CWD$)/;
  const kept = Object.entries(env).filter(([name]) => !foreign.test(name));
  const searched = [env['PATH'], path.dirname(process.execPath)].filter(Boolean).join(path.delimiter);
  return { ...Object.fromEntries(kept), PATH: searched, npm_config_update_notifier: 'false' };
}

function explain(error: unknown, args: string[]): Error {
  if (!(error instanceof ExecaError)) return error as Error;
  if (error.code === 'ENOENT') {
    return new StalledError(
      REASON.registryUnreachable,
      'npm is not in PATH: install Node.js with npm on this machine',
      {
        cause: error,
      },
    );
  }
  const output = String(error.stderr ?? '');
  const code = /npm (?:error|ERR!) code (E\w+)/.exec(output)?.[1] ?? (error.timedOut ? 'ETIMEDOUT' : 'EUNKNOWN');
  const what = args[args.indexOf('--') + 1] ?? '';
  if (code === 'E404' || code === 'ETARGET') {
    return new StalledError(REASON.unknownVersion, `the npm registry has no ${what} (${code})`, { cause: error });
  }
  const message = `${what} could not be fetched from the npm registry (${code}); see \`npm ping\` and \`npm config list\``;
  return new RetryError(REASON.registryUnreachable, message, { cause: error });
}
