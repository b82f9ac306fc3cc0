import { loadConfig } from '../../../config/config.ts';
import type { CheckResult, DoctorContext } from './check.ts';
import { checkDirectories } from './directories.ts';
import { checkDisk } from './disk.ts';
import { checkListen } from './listen.ts';
import { quote } from '../quote.ts';

/** The daemon's config.yaml, and what it says where things are. */
export async function checkConfigured(context: DoctorContext): Promise<CheckResult[]> {
  const config = load(context);
  if ('status' in config) return [config];
  const paths = { ...context.paths, workspaces: config.workspaces, manifests: config.manifests };
  const configured = { ...context, paths };
  const results = await Promise.all([
    checkDirectories(configured),
    checkDisk(configured),
    checkListen(configured, config.proxy.listen),
  ]);
  return results.flat();
}

function load({ paths, home }: DoctorContext): ReturnType<typeof loadConfig> | CheckResult {
  try {
    return loadConfig(paths, home);
  } catch (error) {
    return {
      name: 'config',
      status: 'missing',
      message: (error as Error).message,
      fix: `"\${EDITOR:-vi}" ${quote(paths.config)}`,
    };
  }
}
