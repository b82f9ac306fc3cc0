import os from 'node:os';
import { findProgram } from '../../../exec/find-program.ts';
import type { Context } from '../../shared/context.ts';

/** All that `dual trust` may know and touch of this machine, so that its own stores are not needed to try it out. */
export interface TrustHost {
  env: Readonly<Record<string, string | undefined>>;
  home: string;
  platform: NodeJS.Platform;
  user: string;
  hostname: string;
  isRoot: boolean;
  /** Whether somebody sits at a terminal, whom sudo can ask for a password. */
  isInteractive: boolean;
  system: SystemPlaces;
}

export interface SystemPlaces {
  /** Where the system has its programs, those for administrators too, which PATH may leave out. */
  programs: string[];
  /** Where Debian and its relatives have certificates of the administrator's. */
  certificates: string;
  /** Files with all certificates, one of which a system makes of its store. */
  bundles: string[];
  /** Options that tell update-ca-certificates of places other than its own. */
  updateOptions: string[];
}

const SYSTEM: SystemPlaces = {
  programs: ['/usr/sbin', '/sbin', '/usr/bin', '/bin'],
  certificates: '/usr/local/share/ca-certificates',
  bundles: ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt'],
  updateOptions: [],
};

export function trustHost({ env, home, stdin, stderr }: Context): TrustHost {
  return {
    ...lookingHost({ env, home, platform: process.platform }),
    user: os.userInfo().username,
    isInteractive: stdin.isTTY === true && stderr.isTTY === true,
  };
}

/** For whoever looks only. */
export function lookingHost(context: Pick<TrustHost, 'env' | 'home' | 'platform'>): TrustHost {
  return {
    ...context,
    user: '',
    hostname: os.hostname(),
    isRoot: process.getuid?.() === 0,
    isInteractive: false,
    system: SYSTEM,
  };
}

export function programOf(host: Pick<TrustHost, 'env' | 'system'>, name: string): string | undefined {
  return findProgram(name, host.env, host.system.programs);
}

/** One that root is to run: never what PATH finds first, which anybody may have put there, a workspace's machine into its clone too. */
export function systemProgramOf({ system }: Pick<TrustHost, 'system'>, name: string): string | undefined {
  return findProgram(name, {}, system.programs);
}
