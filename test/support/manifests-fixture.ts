import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { Event } from '../../src/api/event.ts';
import type { KubeObject } from '../../src/api/meta.ts';
import { EVENTS, PROJECTS, WORKSPACES } from '../../src/api/scheme.ts';
import type { Client } from '../../src/client/client.ts';
import { createRecorder } from '../../src/client/event-recorder.ts';
import { systemClock } from '../../src/clock/clock.ts';
import { silentLog } from '../../src/log/log.ts';
import { startManifestWatcher } from '../../src/manifests/watcher.ts';
import type { ManifestTiming, ManifestWatcher } from '../../src/manifests/watcher.ts';
import { createApiFixture } from './api-fixture.ts';
import type { ApiFixture } from './api-fixture.ts';
import { eventually } from './eventually.ts';

/** A watched directory in front of a real server. */
export interface ManifestsFixture {
  api: ApiFixture;
  client: Client;
  directory: string;
  ledgerFile: string;
  path(file: string): string;
  write(file: string, ...documents: unknown[]): Promise<void>;
  writeText(file: string, text: string): Promise<void>;
  remove(...files: string[]): Promise<void>;
  move(from: string, to: string): Promise<void>;
  start(client?: Client): Promise<ManifestWatcher>;
  /** Starts one that is never heard of again, as if its process had been killed. */
  startAndAbandon(dying: { client: Client; release(): void }): Promise<void>;
  stop(): Promise<void>;
  settled(): Promise<void>;
  /** `Kind/name` of everything on the server that is not on its way out. */
  names(): Promise<string[]>;
  expectNames(...names: string[]): Promise<void>;
  events(reason: string): Promise<Event[]>;
}

/** Quick, and only what is heard of the directory counts: the periodic look is left out. */
const TIMING: ManifestTiming = { whole: 60, doubtful: 150, grace: 400, rescan: 600_000 };

export async function createManifestsFixture(timing: Partial<ManifestTiming> = {}): Promise<ManifestsFixture> {
  const api = await createApiFixture();
  const directory = path.join(api.dir, 'manifests');
  const ledgerFile = path.join(api.dir, 'state', 'manifests.json');
  const recorder = createRecorder(api.client, { component: 'manifests', clock: systemClock, log: silentLog });
  let watcher: ManifestWatcher | undefined;
  const at = (file: string): string => path.join(directory, file);

  const fixture: ManifestsFixture = {
    api,
    client: api.client,
    directory,
    ledgerFile,
    path: at,
    async write(file, ...documents) {
      await fixture.writeText(
        file,
        documents.map((document) => `${JSON.stringify(document, undefined, 2)}\n`).join('---\n'),
      );
    },
    async writeText(file, text) {
      await mkdir(path.dirname(at(file)), { recursive: true });
      await writeFile(at(file), text);
    },
    async remove(...files) {
      for (const file of files) await rm(at(file), { recursive: true });
    },
    move: (from, to) => rename(at(from), at(to)),
    async start(client = api.client) {
      await fixture.stop();
      watcher = await startManifestWatcher({
        directory,
        ledgerFile,
        client,
        recorder,
        log: silentLog,
        clock: systemClock,
        home: '/home/u',
        timing: { ...TIMING, ...timing },
      });
      return watcher;
    },
    async startAndAbandon({ client, release }) {
      const abandoned = await fixture.start(client);
      watcher = undefined;
      onTestFinished(async () => {
        release();
        await abandoned.close();
      });
    },
    async stop() {
      await watcher?.close();
      watcher = undefined;
    },
    async settled() {
      await watcher?.settled();
    },
    async names() {
      const lists = await Promise.all([PROJECTS, WORKSPACES].map((resource) => api.client.list<KubeObject>(resource)));
      return lists
        .flatMap((list) => list.items)
        .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
        .map(({ kind, metadata }) => `${kind}/${metadata.name}`)
        .sort();
    },
    async expectNames(...names) {
      await eventually(async () => expect(await fixture.names()).toEqual([...names].sort()));
    },
    async events(reason) {
      await recorder.flush();
      const { items } = await api.client.list<Event>(EVENTS);
      return items.filter((event) => event.reason === reason);
    },
  };
  onTestFinished(() => fixture.stop());
  return fixture;
}
