import type { PaneSpec, Session, SessionSpec } from '../../driver.ts';
import { logFilesOf } from '../file-name.ts';
import type { Guard } from './guard.ts';
import { createPane } from './pane.ts';
import type { Pane } from './pane.ts';
import { createPaneLog } from './pane-log.ts';

type Env = Record<string, string>;

export interface HolderContext {
  /** Path of the holder's socket. */
  socket: string;
  /** Directory of the panes' output. */
  logs: string;
  /** Of the programs. */
  umask: number;
  guard: Guard;
  warn(message: string): void;
}

/** A terminal that is attached. */
export interface Viewer {
  /** The session has ended, or the terminal is sent away. */
  leave(because: 'ended' | 'detached'): void;
}

export interface HeldSession {
  readonly install: string;
  readonly name: string;
  readonly panes: ReadonlyMap<string, Pane>;
  readonly viewers: Set<Viewer>;
  /** The pane that a terminal was shown last. */
  lastShown: string | undefined;
  state(): Session;
  /** Nothing to do when there is one of that name. @throws Error when there is no terminal to be had */
  addPane(spec: PaneSpec, env: Env): void;
  restartPane(spec: PaneSpec, env: Env): Promise<void>;
  /** The last one stays, ended. */
  removePane(name: string): Promise<void>;
  /** Ends everything. @throws Error when something cannot be ended */
  end(): Promise<void>;
}

/** Where nothing else is wanted: without any pane there is no session. */
const SHELL: PaneSpec = { name: 'shell', command: [], target: '', specHash: '' };

/** @param onEvent called when a pane ends, comes or goes */
export function createHeldSession(
  spec: SessionSpec,
  install: string,
  context: HolderContext & { onEvent(): void },
): HeldSession {
  const panes = new Map<string, Pane>();
  const viewers = new Set<Viewer>();
  const { name, cwd, owner, specHash } = spec;
  const place = `${context.socket}:${name}`;

  function leaveAll(): void {
    for (const viewer of viewers) viewer.leave('ended');
  }
  function addPane(pane: PaneSpec, env: Env): void {
    if (panes.has(pane.name)) return;
    const log = createPaneLog(logFilesOf(context.logs, name, pane.name), context.warn);
    const made = createPane(pane, { cwd, session: place, umask: context.umask, guard: context.guard, log });
    made.start({ ...env, ...spec.env });
    panes.set(pane.name, made);
    made.listen(context.onEvent);
  }

  return {
    install,
    name,
    panes,
    viewers,
    lastShown: undefined,
    state: () => ({
      name,
      owner,
      specHash,
      attached: viewers.size,
      panes: [...panes.values()].map((pane) => pane.state()),
    }),
    addPane,
    async restartPane(pane, env) {
      const found = panes.get(pane.name);
      if (found) await found.restart(pane, { ...env, ...spec.env });
      else addPane(pane, env);
    },
    async removePane(paneName) {
      const pane = panes.get(paneName);
      if (!pane) return;
      await pane.end();
      if (panes.size === 1) return;
      panes.delete(paneName);
      await pane.dispose();
    },
    async end() {
      const all = [...panes.values()];
      // First: how its programs are ended is of no interest to anybody.
      leaveAll();
      await Promise.all(all.map((pane) => pane.end()));
      await Promise.all(all.map((pane) => pane.dispose()));
      leaveAll();
    },
  };
}

/** The panes that a new session begins with. */
export function firstPanes(spec: SessionSpec): readonly PaneSpec[] {
  return spec.panes.length > 0 ? spec.panes : [SHELL];
}
