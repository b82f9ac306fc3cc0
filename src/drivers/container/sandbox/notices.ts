/** What every sandbox has to say of itself. In the order in which people should read them. */
export function standingNotices(root: boolean): string[] {
  const users =
    'users: one; commands run as the guest itself does, so that the directory it shares with the host is not protected from them';
  if (!root) return [users];
  return ['isolation: for convenience, not for security; what runs as root in here may find a way to the host', users];
}

export const OVERLAY_REFUSED =
  'tools: found by PATH, in /run/dual/tools/bin; this kernel lays no directory over /usr/local for users, and there is no /usr/local/bin';

export const NO_KEYRING =
  'keys: those that the kernel keeps for the session on the host can be used inside; no program here can leave them (package keyutils)';

export const NO_HOSTNAME = 'host name: that of this machine; no program here can set another one (package hostname)';
