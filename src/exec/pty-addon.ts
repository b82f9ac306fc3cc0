import { createRequire } from 'node:module';
import path from 'node:path';

/** node-pty's native part, called directly: its JavaScript looks for the addon in npm packages, of which a machine has none. */
export interface PtyAddon {
  /** Starts a program on a new terminal, as leader of its session. `onExit` is called once. @throws Error */
  fork(
    file: string,
    args: string[],
    env: string[],
    cwd: string,
    cols: number,
    rows: number,
    uid: number,
    gid: number,
    utf8: boolean,
    helperPath: string,
    onExit: (code: number, signal: number) => void,
  ): { fd: number; pid: number; pty: string };
  resize(fd: number, cols: number, rows: number): void;
}

let addon: PtyAddon | undefined;

/** Loaded when the first terminal is asked for. It lies beside the bundles of the guest and the session holder, or among the npm packages when run from the sources. */
export function ptyAddon(): PtyAddon {
  addon ??= load();
  return addon;
}

function load(): PtyAddon {
  const require = createRequire(import.meta.url);
  const beside = path.join(import.meta.dirname, 'pty.node');
  try {
    return require(beside) as PtyAddon;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    const packaged = `@lydell/node-pty-${process.platform}-${process.arch}/pty.node`;
    return require(packaged) as PtyAddon;
  }
}
