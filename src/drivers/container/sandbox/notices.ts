/** What every sandbox has to say of itself. In the order in which people should read them. */
export function standingNotices(root: boolean): string[] {
  const users = 'users: one; commands can write where the guest has its socket';
  if (!root) return [users];
  return ['isolation: no security boundary, since the daemon runs as root', users];
}

export const OVERLAY_REFUSED =
  'tools: found by PATH, in /run/dual/tools/bin; this kernel lays no directory over /usr/local for users, and there is no /usr/local/bin';

export const NO_KEYRING =
  'keys: those that the kernel keeps for the session on the host can be used inside; no program here can leave them (package keyutils)';

export const NO_HOSTNAME = 'host name: that of this machine; no program here can set another one (package hostname)';
