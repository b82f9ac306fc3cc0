import { rm } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { exists, writeFileAtomically } from './files.ts';
import { launchdLabel, launchdPlist } from './launchd-plist.ts';
import type { Service, ServiceSpec } from './service.ts';

/** A launch agent of the user's, on macOS. Its methods throw when launchctl fails. */
export function launchdService(spec: ServiceSpec, env: Record<string, string | undefined>): Service {
  const label = launchdLabel(spec);
  const file = path.join(spec.home, 'Library', 'LaunchAgents', `${label}.plist`);
  const domain = `gui/${process.getuid?.() ?? 0}`;
  const launchctl = async (args: string[], reject = true): Promise<void> => {
    await execa('launchctl', args, { env, extendEnv: false, stdin: 'ignore', reject });
  };
  // It fails when nothing of that label is loaded, which is what is wanted.
  const unload = (): Promise<void> => launchctl(['bootout', `${domain}/${label}`], false);
  return {
    description: `launch agent ${label}`,
    file,
    async install() {
      await writeFileAtomically(file, launchdPlist(spec));
      await unload();
      await launchctl(['bootstrap', domain, file]);
      return [];
    },
    async uninstall() {
      if (!(await exists(file))) return false;
      await unload();
      await rm(file, { force: true });
      return true;
    },
  };
}
