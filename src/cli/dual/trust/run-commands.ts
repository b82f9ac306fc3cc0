import path from 'node:path';
import { execa } from 'execa';
import { run } from '../../../exec/run.ts';
import { systemProgramOf, type TrustHost } from './host.ts';
import type { Command } from './store.ts';

/** Whether commands of root's can be run from here. */
export function canBecomeRoot(host: TrustHost): boolean {
  return host.isRoot || (host.isInteractive && sudoOf(host) !== undefined);
}

/** As they are to be typed by this user. */
export function asTyped(host: TrustHost, command: Command, needsRoot: boolean): Command {
  return needsRoot && sudoOf(host) !== undefined ? ['sudo', ...command] : command;
}

function sudoOf(host: TrustHost): string | undefined {
  return systemProgramOf(host, 'sudo');
}

/** One after the other. @throws Error of the first that fails, with the last that it said */
export async function runCommands(host: TrustHost, commands: Command[], needsRoot: boolean): Promise<void> {
  for (const command of commands) await (needsRoot ? runBySudo(host, command) : runAsUser(host, command));
}

async function runAsUser(host: TrustHost, [file = '', ...args]: Command): Promise<void> {
  await run(file, args, { env: host.env });
}

/** In the terminal's own session, unlike others, since sudo asks there. What root runs looks for programs in the system's directories alone. */
async function runBySudo(host: TrustHost, command: Command): Promise<void> {
  const { exitCode, all } = await execa(sudoOf(host) ?? 'sudo', ['--', ...command], {
    env: { ...host.env, PATH: host.system.programs.join(path.delimiter) },
    extendEnv: false,
    stdin: 'inherit',
    all: true,
    reject: false,
  });
  if (exitCode === 0) return;
  const said = all.trim().split('\n').at(-1) ?? '';
  throw new Error(`sudo ${command[0]} failed${said === '' ? '' : `: ${said}`}`);
}
