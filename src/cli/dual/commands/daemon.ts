import { packageVersion } from '../../../config/package-root.ts';
import { daemonCommand, daemonStatus, ensureDaemon, stopDaemon } from '../../../daemon/start.ts';
import { note, print, type Context } from '../../shared/context.ts';
import { jsonOption, type Configure } from '../command.ts';
import type { ExitStatus } from '../exit-status.ts';
import { runInForeground } from '../foreground.ts';
import { stopProxy } from '../stop-proxy.ts';

export const configureDaemon: Configure = (command, context, run) => {
  command.helpCommand(false);
  command
    .command('start')
    .description('start it, unless it runs')
    .action(run(() => start(context)));
  command
    .command('stop')
    .description('end it and the proxy; workspaces keep running')
    .option('--keep-proxy', 'pages go on being served')
    .action(run((options: { keepProxy?: boolean }) => stop(context, options)));
  command
    .command('restart')
    .description('end it and start it; pages go on being served')
    .action(run(() => restart(context)));
  command
    .command('status')
    .description('whether it runs; the exit code is 1 when it does not')
    .addOption(jsonOption())
    .action(run((options: { output?: 'json' }) => status(context, options)));
  command
    .command('run')
    .description('run it here, until ^C')
    .action(run(() => foreground(context)));
  command
    .command('install')
    .description('start it at every login, from now on')
    .action(run(async () => (await import('./daemon-install.ts')).install(context)));
  command
    .command('uninstall')
    .description('undo install')
    .action(run(async () => (await import('./daemon-install.ts')).uninstall(context)));
};

async function start(context: Context): Promise<void> {
  const { running } = await daemonStatus(context.paths);
  await ensureDaemon(context.paths, context.env);
  print(context, running ? 'the daemon runs already' : 'daemon started');
}

async function stop(context: Context, options: { keepProxy?: boolean }): Promise<void> {
  const stopped = await stopDaemon(context.paths);
  print(context, stopped ? 'daemon stopped' : 'the daemon does not run');
  if (!options.keepProxy && (await stopProxy(context.paths))) print(context, 'proxy stopped');
}

async function restart(context: Context): Promise<void> {
  await stopDaemon(context.paths);
  await ensureDaemon(context.paths, context.env);
  print(context, 'daemon restarted');
}

async function status(context: Context, options: { output?: 'json' }): Promise<ExitStatus> {
  const { paths } = context;
  const daemon = await daemonStatus(paths);
  if (options.output === 'json') {
    print(context, JSON.stringify({ ...daemon, socket: paths.apiSocket, log: paths.daemonLog }, null, 2));
  } else {
    print(
      context,
      daemon.running
        ? `running (process ${daemon.pid ?? 'unknown'}, version ${daemon.version ?? 'unknown'})`
        : 'not running',
    );
    if (daemon.running && daemon.version !== packageVersion()) {
      note(context, `this is dual ${packageVersion()}; to have the daemon be of that version: dual daemon restart`);
    }
  }
  return daemon.running ? 0 : 1;
}

async function foreground(context: Context): Promise<ExitStatus> {
  return runInForeground({ ...daemonCommand(), env: context.env });
}
