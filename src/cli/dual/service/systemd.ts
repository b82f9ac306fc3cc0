import { rm } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { exists, writeFileAtomically } from './files.ts';
import type { Service, ServiceSpec } from './service.ts';
import { unitFile, unitName } from './systemd-unit.ts';

type Environment = Record<string, string | undefined>;

/** The user's own service manager on Linux. Its methods throw when systemctl fails. */
export function systemdService(spec: ServiceSpec, env: Environment): Service {
  const unit = unitName(spec);
  const file = path.join(env['XDG_CONFIG_HOME'] || path.join(spec.home, '.config'), 'systemd', 'user', unit);
  const systemctl = async (...args: string[]): Promise<void> => {
    await execa('systemctl', ['--user', ...args], { env, extendEnv: false, stdin: 'ignore' });
  };
  return {
    description: `systemd user unit ${unit}`,
    file,
    async install() {
      await writeFileAtomically(file, unitFile(spec));
      await systemctl('daemon-reload');
      await systemctl('enable', unit);
      // Not start: an earlier unit of that name may be running with what stood in it before.
      await systemctl('restart', unit);
      return ['It runs while you are logged in. To have it from boot on: loginctl enable-linger'];
    },
    async uninstall() {
      if (!(await exists(file))) return false;
      await systemctl('disable', '--now', unit);
      await rm(file, { force: true });
      await systemctl('daemon-reload');
      return true;
    },
  };
}

/** Whether a user's manager answers: systemd may be installed without running, as in most containers. */
export async function isSystemdThere(env: Environment): Promise<boolean> {
  const args = ['--user', 'show', '--property=Version'];
  const result = await execa('systemctl', args, {
    env,
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    timeout: 5_000,
  });
  return result.exitCode === 0;
}
