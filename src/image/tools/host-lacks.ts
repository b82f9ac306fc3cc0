import type { ImageRequest, Lack } from '../builder.ts';
import type { Installer } from '../data-services.ts';
import type { RepoFindings } from '../detect.ts';
import type { PythonRequirement } from '../detect-python.ts';
import type { ServiceRequirement } from '../detect-services.ts';
import { printable } from '../unknown-version.ts';
import type { Host } from './host-look.ts';

/** What a Project starts from that names none. An image means nothing to a machine without one. */
export const DEFAULT_BASE = 'debian:bookworm-slim';

/** A status has room for no more. */
const MOST_SHOWN = 20;

export interface Asked extends Pick<ImageRequest, 'base' | 'packages' | 'setup'> {
  findings: RepoFindings;
}

/** What is asked for and a machine on that host's file system will not have, in a stable order. Pure. */
export function lackingOnHost(asked: Asked, host: Host): Lack[] {
  const { services, unreadable, python } = asked.findings;
  return [
    ...(unreadable ? [unreadable] : []),
    ...services.map((required) => serviceLack(required, host)),
    ...(python ? pythonLack(python, host) : []),
    ...packagesLack(asked.packages, host),
    ...setupLack(asked.setup),
    ...baseLack(asked.base),
  ];
}

function serviceLack({ service, what, cause }: ServiceRequirement, host: Host): Lack {
  const program = service.programs.map((name) => host.programs.get(name)).find((found) => found !== undefined);
  const remedy = program
    ? `${program} is on this machine, and not started: start it in a pane`
    : `${howToInstall(service.packages, host)}, and start it in a pane`;
  return { what, cause, remedy };
}

const PYTHON: Record<Installer, string> = {
  'apt-get': 'python3',
  dnf: 'python3',
  zypper: 'python3',
  pacman: 'python',
  apk: 'python3',
};

function pythonLack({ range, asked, cause }: PythonRequirement, { pythons, ...host }: Host): Lack[] {
  if (range && pythons.some(range)) return [];
  const what = `Python ${asked}`;
  if (pythons.length === 0) return [{ what, cause, remedy: howToInstall(PYTHON, host) }];
  const there = `this machine has Python ${pythons.slice(-MOST_SHOWN).join(', ')}`;
  const remedy = range ? 'install the other one beside it, as with pyenv or uv' : 'whether that will do cannot be told';
  return [{ what, cause, remedy: `${there}: ${remedy}` }];
}

function packagesLack(wanted: string[], { packages, installer }: Host): Lack[] {
  const missing = packages ? wanted.filter((name) => !isInstalled(name, packages)) : wanted;
  if (missing.length === 0) return [];
  const shown = missing.length > MOST_SHOWN ? [...missing.slice(0, MOST_SHOWN), '...'] : missing;
  const what = `${missing.length === 1 ? 'the package' : 'the packages'} ${shown.join(', ')}`;
  const remedy = packages
    ? `install on this machine: sudo ${COMMANDS[installer ?? 'apt-get']} ${shown.join(' ')}`
    : 'whether this machine has them cannot be told, since it has no dpkg: install what is missing';
  return [{ what, cause: 'spec.image.packages', remedy }];
}

/** `name` or `name=version`. */
function isInstalled(wanted: string, packages: ReadonlyMap<string, string>): boolean {
  const [name = '', version] = wanted.split('=');
  return packages.has(name) && (version === undefined || packages.get(name) === version);
}

function setupLack(setup: string[]): Lack[] {
  if (setup.length === 0) return [];
  const what = setup.length === 1 ? 'the setup step' : `the ${setup.length} setup steps`;
  const remedy = 'a sandbox does not run them: do the same on this machine, or take spec.container.driver docker';
  return [{ what, cause: 'spec.image.setup', remedy }];
}

function baseLack(base: string): Lack[] {
  if (base === DEFAULT_BASE) return [];
  const remedy = "a sandbox has this machine's own system: take spec.container.driver docker where that matters";
  return [{ what: `the image ${printable(base)}`, cause: 'spec.image.base', remedy }];
}

function howToInstall(packages: Partial<Record<Installer, string>>, { installer }: Pick<Host, 'installer'>): string {
  if (installer === undefined) return 'install it on this machine';
  const name = packages[installer];
  if (name === undefined) return `install it on this machine (no package of it is known for ${installer})`;
  return `install it on this machine: sudo ${COMMANDS[installer]} ${name}`;
}

const COMMANDS: Record<Installer, string> = {
  'apt-get': 'apt-get install',
  dnf: 'dnf install',
  zypper: 'zypper install',
  pacman: 'pacman -S',
  apk: 'apk add',
};
