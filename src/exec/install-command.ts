import { findProgram } from './find-program.ts';

/** How each package manager is asked for a package, in the order in which they are looked for. */
const MANAGERS: { program: string; platforms: NodeJS.Platform[]; command: string }[] = [
  { program: 'brew', platforms: ['darwin'], command: 'brew install' },
  { program: 'apt-get', platforms: ['linux'], command: 'sudo apt-get install -y' },
  { program: 'dnf', platforms: ['linux'], command: 'sudo dnf install -y' },
  { program: 'pacman', platforms: ['linux'], command: 'sudo pacman -S --noconfirm' },
  { program: 'zypper', platforms: ['linux'], command: 'sudo zypper install -y' },
  { program: 'apk', platforms: ['linux'], command: 'sudo apk add' },
];

/** Where package managers live on systems whose PATH leaves that out. */
const SYSTEM_DIRS = ['/usr/bin', '/opt/homebrew/bin', '/usr/local/bin'];

export interface InstallContext {
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
}

/** The command that installs a package here. `packages` names it by manager where it is not called `name` there. */
export function installCommand(context: InstallContext, name: string, packages: Record<string, string> = {}): string {
  const manager = MANAGERS.find(
    ({ program, platforms }) =>
      platforms.includes(context.platform) && findProgram(program, context.env, SYSTEM_DIRS) !== undefined,
  );
  if (!manager) return `install ${name} with your system's package manager`;
  return `${manager.command} ${packages[manager.program] ?? name}`;
}
