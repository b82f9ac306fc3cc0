import type { PaneSpec, Session, SessionSpec } from '../../driver.ts';
import { createKeyedLock } from '../../../../exec/keyed-lock.ts';
import type { Pane } from './pane.ts';
import { RefusalError } from './refuse.ts';
import { createHeldSession, firstPanes } from './session.ts';
import type { HeldSession, HolderContext } from './session.ts';

type Env = Record<string, string>;

/** All sessions of this process. */
export interface Sessions {
  count(): number;
  list(install: string): Session[];
  /** @throws RefusalError NotFound */
  find(name: string, install?: string): HeldSession;
  findPane(name: string, pane: string, install: string): Pane;
  /** Leaves one that is there as it is. @throws RefusalError Taken, Ending */
  create(spec: SessionSpec, install: string, env: Env): Promise<void>;
  add(name: string, install: string, start: { pane: PaneSpec; env: Env }): Promise<void>;
  restart(name: string, install: string, start: { pane: PaneSpec; env: Env }): Promise<void>;
  /** Nothing to do when there is none. The same of the ones below. */
  remove(name: string, install: string, pane: string): Promise<void>;
  destroy(name: string, install: string): Promise<void>;
  detach(name: string, install: string): void;
  /** Something has happened with a session. */
  changed(session: Pick<HeldSession, 'name' | 'install'>): void;
  /** Calls back with the names of what has changed. The result ends it. */
  watch(install: string, listener: (name: string) => void): () => void;
  destroyAll(): Promise<void>;
}

/** @param onEmpty called when the last one has gone: there will be no more */
export function createSessions(context: HolderContext, onEmpty: () => void): Sessions {
  const sessions = new Map<string, HeldSession>();
  const watchers = new Set<{ install: string; listener: (name: string) => void }>();
  /** One thing after another is done to a session. */
  const lock = createKeyedLock();
  let isEnding = false;

  async function inTurn<T>(name: string, work: () => T | Promise<T>): Promise<T> {
    const release = await lock(name);
    try {
      return await work();
    } finally {
      release();
    }
  }
  const has = (name: string, install: string): boolean => sessions.get(name)?.install === install;

  function find(name: string, install?: string): HeldSession {
    const session = sessions.get(name);
    if (session && (install === undefined || session.install === install)) return session;
    throw new RefusalError('NotFound', `session ${name} is not there`);
  }
  function changed({ name, install }: Pick<HeldSession, 'name' | 'install'>): void {
    for (const watcher of watchers) if (watcher.install === install) watcher.listener(name);
  }
  async function create(spec: SessionSpec, install: string, env: Env): Promise<void> {
    if (has(spec.name, install)) return;
    if (isEnding) throw new RefusalError('Ending', 'the session holder is about to end');
    if (sessions.has(spec.name))
      throw new RefusalError('Taken', `a session named ${spec.name} is there that another installation of Dual made`);
    const onEvent = (): void => changed({ name: spec.name, install });
    const session = createHeldSession(spec, install, { ...context, onEvent });
    sessions.set(spec.name, session);
    try {
      for (const pane of firstPanes(spec)) session.addPane(pane, env);
    } catch (error) {
      await end(session);
      throw error;
    }
    onEvent();
  }
  async function end(session: HeldSession): Promise<void> {
    await session.end();
    sessions.delete(session.name);
    isEnding ||= sessions.size === 0;
    changed(session);
    if (sessions.size === 0) onEmpty();
  }

  return {
    count: () => sessions.size,
    list: (install) => [...sessions.values()].filter((one) => one.install === install).map((one) => one.state()),
    find,
    findPane(name, paneName, install) {
      const { panes } = find(name, install);
      const pane = panes.get(paneName);
      if (pane) return pane;
      const there = [...panes.keys()].join(', ');
      throw new RefusalError('NotFound', `session ${name} has no pane "${paneName}", only: ${there}`);
    },
    create: (spec, install, env) => inTurn(spec.name, () => create(spec, install, env)),
    add: (name, install, { pane, env }) =>
      inTurn(name, () => {
        find(name, install).addPane(pane, env);
        changed({ name, install });
      }),
    restart: (name, install, { pane, env }) => inTurn(name, () => find(name, install).restartPane(pane, env)),
    remove: (name, install, pane) =>
      inTurn(name, () => (has(name, install) ? find(name, install).removePane(pane) : undefined)),
    destroy: (name, install) => inTurn(name, () => (has(name, install) ? end(find(name, install)) : undefined)),
    detach(name, install) {
      if (has(name, install)) for (const viewer of find(name, install).viewers) viewer.leave('detached');
    },
    changed,
    watch(install, listener) {
      const watcher = { install, listener };
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
    async destroyAll() {
      isEnding = true;
      await Promise.all([...sessions.values()].map((session) => inTurn(session.name, () => end(session))));
    },
  };
}
