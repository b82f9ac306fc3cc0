import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { KubeObject } from '../../src/api/meta.ts';
import { API_VERSION } from '../../src/api/scheme.ts';
import { silentLog } from '../../src/log/log.ts';
import type { Store } from '../../src/store/store.ts';
import { openStore } from '../../src/store/store.ts';
import type { LogLimits } from '../../src/store/watch-log.ts';
import type { FakeClock } from './fake-clock.ts';
import { createFakeClock } from './fake-clock.ts';

export interface StoreFixture {
  file: string;
  clock: FakeClock;
  store: Store;
  /** Closes the store and opens it again, as a new process would. */
  reopen(): Store;
}

/** A store on disk, gone when the test has ended. */
export function createStoreFixture(limits?: LogLimits): StoreFixture {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'dual-'));
  const file = path.join(dir, 'state', 'dual.db');
  const clock = createFakeClock(Date.parse('2026-01-02T03:04:05Z'));
  const open = (): Store => openStore(file, { clock, log: silentLog, ...(limits ? { limits } : {}) });
  const fixture: StoreFixture = {
    file,
    clock,
    store: open(),
    reopen() {
      fixture.store.close();
      fixture.store = open();
      return fixture.store;
    },
  };
  onTestFinished(() => {
    fixture.store.close();
    rmSync(dir, { recursive: true });
  });
  return fixture;
}

export function workspaceObject(
  name: string,
  more: { spec?: object; metadata?: object; status?: unknown } = {},
): KubeObject {
  return {
    apiVersion: API_VERSION,
    kind: 'Workspace',
    metadata: { name, ...more.metadata },
    spec: { project: 'light', branch: 'main', ...more.spec },
    ...(more.status === undefined ? {} : { status: more.status }),
  };
}

export function projectObject(name: string, more: { spec?: object; metadata?: object } = {}): KubeObject {
  return {
    apiVersion: API_VERSION,
    kind: 'Project',
    metadata: { name, ...more.metadata },
    spec: { source: { url: 'https://example.com/acme/light.git' }, ...more.spec },
  };
}
