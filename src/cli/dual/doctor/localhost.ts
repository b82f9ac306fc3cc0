import { lookup as systemLookup } from 'node:dns/promises';
import type { CheckResult, DoctorContext } from './check.ts';
import { installCommand } from '../../../exec/install-command.ts';

type Lookup = (hostname: string) => Promise<{ address: string }>;

const PROBE = 'dual-doctor.localhost';

/** Browsers and curl resolve `*.localhost` by themselves; older Safari, the JVM, Node and others ask the system. */
export async function checkLocalhost(context: DoctorContext, lookup: Lookup = systemLookup): Promise<CheckResult> {
  const name = 'localhost';
  const address = await resolve(lookup);
  if (address === undefined) {
    return {
      name,
      status: 'warning',
      message: `this system does not resolve *.localhost: browsers and curl reach the URLs all the same, other tools do not`,
      fix: remedy(context),
    };
  }
  if (address === '::1' || address.startsWith('127.')) {
    return { name, status: 'ok', message: `*.localhost is ${address}` };
  }
  return {
    name,
    status: 'warning',
    message: `*.localhost resolves to ${address}, which is not this machine; the URLs work only in what resolves it itself`,
    fix: 'ask the owner of your DNS server not to answer for the reserved domain "localhost"',
  };
}

async function resolve(lookup: Lookup): Promise<string | undefined> {
  try {
    return (await lookup(PROBE)).address;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'ENODATA') return undefined;
    throw error;
  }
}

function remedy(context: DoctorContext): string {
  if (context.platform === 'darwin') return 'update macOS to version 15 or newer, or use Chrome or Firefox';
  // The package adds itself to /etc/nsswitch.conf.
  return installCommand(context, 'nss-myhostname', {
    'apt-get': 'libnss-myhostname',
    dnf: 'systemd',
    pacman: 'systemd',
    zypper: 'libnss_myhostname2',
  });
}
