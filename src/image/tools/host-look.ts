import type { ImageRequest } from '../builder.ts';
import { INSTALLERS } from '../data-services.ts';
import type { Installer } from '../data-services.ts';
import type { RepoFindings } from '../detect.ts';
import type { Environment } from '../npm-cli.ts';
import { installedPackages } from './host-packages.ts';
import { findPrograms } from './host-programs.ts';
import { hostPythons } from './host-python.ts';
import { recent } from './recent.ts';

/** What counts of this machine. */
export interface Host {
  /** Absolute paths of those programs that are there, by name. */
  programs: ReadonlyMap<string, string>;
  /** What packages are installed with here. */
  installer: Installer | undefined;
  /** Versions of the installed packages by name, the names that they provide included; undefined where that cannot be told. */
  packages: ReadonlyMap<string, string> | undefined;
  /** Versions of Python, as in `3.11.2`. */
  pythons: string[];
}

export interface Interest {
  findings: RepoFindings;
  request: Pick<ImageRequest, 'packages'>;
}

/** Milliseconds. */
const MAX_AGE = 30_000;

/** Looks at this machine, no further than somebody is interested and no more often than every half minute. Never throws. */
export function createHostLook(env: Environment): (interest: Interest) => Promise<Host> {
  const programs = recent(() => findPrograms(env), MAX_AGE);
  const packages = recent(() => installedPackages(env), MAX_AGE);
  const pythons = recent((python: string) => hostPythons(python, env), MAX_AGE);
  return async ({ findings, request }) => {
    const { services, python } = findings;
    const idle = services.length === 0 && !python && request.packages.length === 0;
    const found = idle ? new Map<string, string>() : await programs('');
    const python3 = found.get('python3');
    return {
      programs: found,
      installer: INSTALLERS.find((name) => found.has(name)),
      packages: request.packages.length > 0 ? await packages('') : undefined,
      pythons: python && python3 !== undefined ? await pythons(python3) : [],
    };
  };
}
