/** What the system says of namespaces, as far as it says anything; from /proc/sys. */
export interface NamespaceSettings {
  /** Whether it is root who was refused: what is kept from users is not kept from root. */
  root: boolean;
  /** kernel.apparmor_restrict_unprivileged_userns (Ubuntu 23.10 and newer). */
  apparmorRestricts?: string;
  /** kernel.unprivileged_userns_clone (Debian before 11, hardened kernels). */
  unprivilegedClone?: string;
  /** user.max_user_namespaces */
  maxUserNamespaces?: string;
}

/**
 * Why this system makes no sandbox, and what to do, in a sentence for people. `said` is what the attempt wrote to standard error. Pure.
 */
export function explainRefusal(said: string, settings: NamespaceSettings): string {
  const known = bySetting(settings) ?? byWords(said);
  const last = said.trim().split('\n').at(-1) ?? '';
  return known ?? `sandboxes cannot be made here: ${last === '' ? 'the attempt failed without a word' : last}`;
}

function bySetting(settings: NamespaceSettings): string | undefined {
  if (settings.apparmorRestricts === '1' && !settings.root) {
    return refusedBy('kernel.apparmor_restrict_unprivileged_userns', '0', 'AppArmor keeps user namespaces from users');
  }
  if (settings.unprivilegedClone === '0' && !settings.root) {
    return refusedBy('kernel.unprivileged_userns_clone', '1', 'the kernel keeps user namespaces from users');
  }
  if (settings.maxUserNamespaces === '0') {
    return refusedBy('user.max_user_namespaces', '15000', 'the kernel allows no user namespaces');
  }
  return undefined;
}

function refusedBy(name: string, value: string, why: string): string {
  return (
    `${why}: run \`sudo sysctl ${name}=${value}\`, ` +
    `and \`echo ${name}=${value} | sudo tee /etc/sysctl.d/60-dual.conf\` to keep it so`
  );
}

const WORDS: [pattern: RegExp, explanation: string][] = [
  [
    /unrecognized option|invalid option|unknown option|applet not found/i,
    'the programs of util-linux here are too old or others of the same names: install util-linux 2.36 or newer',
  ],
  [
    /No space left on device/i,
    'there are too many namespaces already: end some, or raise user.max_user_namespaces and its like with `sudo sysctl`',
  ],
  [
    /mount(?:ing)?:? .*proc.*(?:permission denied|not permitted)/i,
    'a part of /proc is hidden here, as in most containers, and then no new one can be made: start the outer container with ' +
      '`--security-opt systempaths=unconfined`, or run Dual outside of it',
  ],
  [
    /unshare failed: (?:Operation not permitted|Permission denied)/i,
    'user namespaces are not allowed here; in a container its seccomp profile decides (`--security-opt seccomp=unconfined`), ' +
      'elsewhere a security module such as AppArmor or SELinux: see its log',
  ],
  [/unshare failed: Invalid argument/i, 'this kernel is made without one of the namespaces (user, net, pid, mount)'],
];

function byWords(said: string): string | undefined {
  return WORDS.find(([pattern]) => pattern.test(said))?.[1];
}

/** What to install when programs are missing. Pure. */
export function explainMissing(programs: string[], loopback: boolean): string | undefined {
  const lacking = programs.length > 0 ? [`${programs.join(', ')} (package util-linux)`] : [];
  if (!loopback) lacking.push('a program that switches a loopback interface on (package iproute2)');
  return lacking.length > 0 ? `not installed: ${lacking.join(' and ')}` : undefined;
}
