import { findProgram } from './programs.ts';

/** Numbers of the system call keyctl(2), by Node's names of architectures. */
export const KEYCTL: Readonly<Record<string, number>> = {
  ...{ x64: 250, ia32: 288, arm64: 219, riscv64: 219, loong64: 219, arm: 311, ppc64: 271, s390x: 280 },
};

/**
 * With what a sandbox leaves the keys of the session that its maker is in, as the script JOIN_KEYRING reads it; "" when there is nothing
 * that could. Interpreters that take longer to start than the rest of a sandbox are left out.
 */
export function keyringMeans(search: string): string {
  const number = KEYCTL[process.arch];
  if (number !== undefined && findProgram('perl', search) !== undefined) return `perl ${number}`;
  return findProgram('keyctl', search) === undefined ? '' : 'keyctl';
}

/**
 * For a script: becomes the program that its arguments name, in a session keyring of its own. KEYCTL_JOIN_SESSION_KEYRING is 1. Without
 * one where the kernel has no room or no keyrings at all.
 */
export const JOIN_KEYRING = `read -r means number <keyring || means=
case $means in
  keyctl) keyctl session - true && exec keyctl session - "$@" ;;
  perl) exec perl -e 'syscall(shift() + 0, 1, 0) >= 0 or warn "no keyring: $!\\n"; exec { $ARGV[0] } @ARGV' "$number" "$@" ;;
esac
exec "$@"
`;
