import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { daemonCommand, daemonStatus, stopDaemon } from '../../../daemon/start.ts';
import { note, print, type Context } from '../../shared/context.ts';
import { CliError } from '../../shared/errors.ts';
import { quote } from '../quote.ts';
import { findService, type ServiceHost } from '../service/find-service.ts';
import type { Service } from '../service/service.ts';

const TIMEOUT_MS = 30_000;

/** Has the daemon start at login. One that runs already gives way to the service's. */
export async function install(context: Context): Promise<void> {
  const service = await requireService(context);
  // The service manager opens the log in it before the daemon could make it.
  await mkdir(context.paths.state, { recursive: true, mode: 0o700 });
  await stopDaemon(context.paths);
  const hints = await service.install();
  await waitUntilRunning(context, service);
  print(context, `installed ${service.description} (${service.file})`);
  for (const hint of hints) note(context, hint);
}

/** Has it no longer start at login. The service's daemon ends; workspaces keep running. */
export async function uninstall(context: Context): Promise<void> {
  const service = await requireService(context);
  const removed = await service.uninstall();
  print(
    context,
    removed ? `removed ${service.description} (${service.file})` : `${service.description} is not installed`,
  );
}

async function requireService(context: Context): Promise<Service> {
  const host: ServiceHost = { ...context, platform: process.platform };
  const { file, args } = daemonCommand();
  const service = await findService(host, [file, ...args]);
  if (service) return service;
  const home = context.paths.isolated ? `DUAL_HOME=${quote(path.resolve(context.env['DUAL_HOME'] ?? ''))} ` : '';
  throw new CliError(
    `neither a systemd user manager nor launchd answers here; have your login do it, by this line in ~/.profile: ${home}dual daemon start`,
  );
}

async function waitUntilRunning(context: Context, service: Service): Promise<void> {
  const deadline = context.clock.now() + TIMEOUT_MS;
  while (!(await daemonStatus(context.paths)).running) {
    if (context.clock.now() > deadline) {
      throw new CliError(`${service.description} does not come up; see: dual logs --daemon`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
