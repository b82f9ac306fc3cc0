import type { User } from '../../src/drivers/container/driver.ts';

/** What the reconciler has to know of the machine that it runs on. Plain data. */
export interface Host {
  user: User;
  hostname: string;
  /** The root below which clones are made. */
  workspaces: string;
  /** Parent of the directories shared with guests. */
  guests: string;
  /** What the proxy listens on by host name. */
  proxyAddresses: string[];
  /** Appended to names with the engine; empty for the user's own instance. */
  nameSuffix: string;
  /** The user's login shell. */
  shell: string;
  /** What a shell on the host is started as; empty for the login shell as the session starts it. */
  interactiveShell: string[];
  /** What runs a command inside a Workspace from the host: `[...paneRunner, NAME, '--', ...argv]`. */
  paneRunner: string[];
  /** Environment of panes on the host, on top of the login shell's. */
  paneEnv: Record<string, string>;
}
