import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { EVENTS, WORKSPACES } from '../../src/api/scheme.ts';
import type { Event } from '../../src/api/event.ts';
import type { KubeObject } from '../../src/api/meta.ts';
import type { SubresourceHandlers } from '../../src/apiserver/served/resources.ts';
import { startApiServer } from '../../src/apiserver/start.ts';
import { dualctl } from '../../src/cli/dualctl/program.ts';
import type { Context } from '../../src/cli/shared/context.ts';
import { runWith } from '../../src/cli/shared/run-main.ts';
import type { Client } from '../../src/client/client.ts';
import { createClient } from '../../src/client/http-client.ts';
import { timestamp } from '../../src/clock/clock.ts';
import { resolvePaths } from '../../src/config/paths.ts';
import { silentLog } from '../../src/log/log.ts';
import { openStore } from '../../src/store/store.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';

export interface Output {
  code: number;
  stdout: string;
  stderr: string;
}

/** A command that has not ended yet. */
export interface RunningCommand {
  stdout(): string;
  stderr(): string;
  /** As ^C would. */
  interrupt(): void;
  ended: Promise<Output>;
}

/** A real API server on a socket of its own, and `dualctl` run against it within this process. */
export interface DualctlFixture {
  home: string;
  client: Client;
  /** The server's and the commands'. */
  clock: FakeClock;
  run(args: readonly string[], input?: string): Promise<Output>;
  start(args: readonly string[], input?: string): RunningCommand;
  workspace(name: string, more?: Partial<KubeObject>): Promise<KubeObject>;
  setStatus(name: string, status: unknown): Promise<void>;
  event(object: KubeObject, event: Partial<Event>): Promise<void>;
  close(): Promise<void>;
}

export const START = Date.parse('2026-01-02T03:04:05Z');

export async function createDualctlFixture(subresources: SubresourceHandlers = {}): Promise<DualctlFixture> {
  const home = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
  const paths = resolvePaths({ DUAL_HOME: home });
  const clock = createFakeClock(START);
  const store = openStore(':memory:', { clock, log: silentLog });
  const options = { store, socketPath: paths.apiSocket, log: silentLog, clock, version: '9.8.7', subresources };
  const server = await startApiServer(options);
  const client = createClient(paths.apiSocket);
  const start = (args: readonly string[], input = ''): RunningCommand => startCommand({ home, clock, args, input });
  return {
    home,
    client,
    clock,
    run: async (args, input) => start(args, input).ended,
    start,
    workspace: async (name, more = {}) => client.create(WORKSPACES, workspace(name, more)),
    setStatus: async (name, status) => {
      const object = await client.get(WORKSPACES, name);
      await client.updateStatus(WORKSPACES, { ...object, status });
    },
    event: async (object, event) => {
      await client.create(
        EVENTS,
        eventAbout(object, { firstTimestamp: timestamp(clock), lastTimestamp: timestamp(clock), ...event }),
      );
    },
    close: async () => {
      await client.close();
      await server.close();
      store.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

function startCommand(of: { home: string; clock: FakeClock; args: readonly string[]; input: string }): RunningCommand {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const written = { stdout: '', stderr: '' };
  stdout.on('data', (chunk) => (written.stdout += String(chunk)));
  stderr.on('data', (chunk) => (written.stderr += String(chunk)));
  const interruption = new AbortController();
  const context: Context = {
    args: of.args,
    env: {},
    cwd: of.home,
    home: of.home,
    stdin: Readable.from([of.input]),
    stdout,
    stderr,
    clock: of.clock,
    paths: resolvePaths({ DUAL_HOME: of.home }),
    interruption: () => interruption.signal,
  };
  const ended = runWith(context, dualctl).then(async (code) => {
    // What was written last reaches the listeners with the next turn.
    await new Promise(setImmediate);
    return { code, ...written };
  });
  return { stdout: () => written.stdout, stderr: () => written.stderr, interrupt: () => interruption.abort(), ended };
}

function workspace(name: string, more: Partial<KubeObject>): KubeObject {
  return {
    apiVersion: 'dual.dev/v1alpha1',
    kind: 'Workspace',
    spec: { project: 'shop', branch: 'main' },
    ...more,
    metadata: { name, ...more.metadata },
  };
}

let events = 0;

function eventAbout({ apiVersion, kind, metadata }: KubeObject, event: Partial<Event>): Event {
  events += 1;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${metadata.name}.${events}`, namespace: 'default' },
    involvedObject: { apiVersion, kind, name: metadata.name, ...(metadata.uid && { uid: metadata.uid }) },
    reason: 'Cloned',
    message: 'cloned',
    type: 'Normal',
    count: 1,
    firstTimestamp: '',
    lastTimestamp: '',
    source: { component: 'workspace' },
    ...event,
  };
}
