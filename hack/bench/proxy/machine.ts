import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createControlClient } from '../../../src/proxy/control-client.ts';
import { makeRepo } from '../../../test/support/app-repo.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { createInstance } from '../../../test/support/instance.ts';
import type { Instance } from '../../../test/support/instance.ts';
import { isServed, until } from '../fleet.ts';
import { bundled } from './bundle.ts';
import type { Scope } from './scope.ts';

/** The first is the one that is asked; the others are there to be routed. */
export const PORTS = [3000, 3001, 3002, 3003];
const WORKSPACE = 'bench-main';
const READY_TIMEOUT_MS = 180_000;

/** One container of Dual's with the server in it, and the ways to it. */
export interface Machine {
  instance: Instance;
  /** The Host header that leads to the server. */
  host: string;
  /** Unix socket of the relay, for those that know no guest. */
  relay: string;
  /** Unix socket of the guest. */
  guest: string;
  /** The container's own address. */
  address: string;
  /** Process id, on the host, of the container's first process. */
  pid: number;
  /** Process id of the instance's proxy. */
  proxyPid: number;
}

export async function createMachine(scope: Scope, dir: string): Promise<Machine> {
  const instance = await startInstance(scope);
  const shared = path.join(dir, 'shared');
  mkdirSync(shared);
  // Whatever user its commands run as.
  chmodSync(shared, 0o777);
  const relay = path.join(shared, 'relay.sock');
  const repo = await sources(path.join(dir, 'repo'));
  instance.manifest('bench.yaml', ...manifest(repo, shared, relay));
  // Not by a command: one that comes after everything has been ended would start the daemon again.
  await within(READY_TIMEOUT_MS, until(instance, 1, isServed));
  const host = `${WORKSPACE}.localhost:${PORTS[0]}`;
  await eventually(async () => served(await instance.fetch(`http://${host}/`), relay), { timeout: 60_000 });
  return { instance, host, relay, ...(await insides(instance)) };
}

async function startInstance(scope: Scope): Promise<Instance> {
  const instance = await createInstance({ start: false });
  const started = instance.start();
  // What has been cut short may still be coming up, and can be ended once it is there.
  scope.defer(() => started.catch(() => instance.start()).finally(() => instance.destroy()));
  await started;
  return instance;
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = sleep(ms, undefined, { ref: false }).then(() => {
    throw new Error(`${WORKSPACE} does not serve within ${ms / 1_000} s`);
  });
  return Promise.race([work, late]);
}

async function sources(repo: string): Promise<string> {
  return makeRepo(repo, {
    'server.cjs': await bundled(new URL('./machine/server.ts', import.meta.url)),
    'relay.cjs': await bundled(new URL('./machine/relay.ts', import.meta.url)),
    '.nvmrc': '22.23.3\n',
    'package.json': JSON.stringify({ name: 'bench', private: true }),
  });
}

function manifest(repo: string, shared: string, relay: string): object[] {
  const api = { apiVersion: 'dual.dev/v1alpha1' };
  const always = { on: 'container', restart: 'OnFailure' };
  const panes = [
    { name: 'server', command: `node server.cjs ${PORTS.join(' ')}`, ...always },
    { name: 'relay', command: `node relay.cjs ${relay} ${PORTS[0]}`, ...always },
  ];
  const container = { driver: 'docker', tmp: 'private', mounts: [{ path: shared }] };
  const spec = { source: { path: repo }, container, session: { panes } };
  return [
    { ...api, kind: 'Project', metadata: { name: 'bench' }, spec },
    { ...api, kind: 'Workspace', metadata: { name: WORKSPACE }, spec: { project: 'bench', branch: 'main' } },
  ];
}

function served({ status }: { status: number }, relay: string): void {
  if (status !== 200) throw new Error(`the server answers through Dual with ${status}`);
  if (!existsSync(relay)) throw new Error(`no relay at ${relay}`);
}

async function insides({ machines, paths }: Instance): Promise<Omit<Machine, 'instance' | 'host' | 'relay'>> {
  const [id = ''] = machines();
  const format = '{{.State.Pid}} {{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
  const [pid, address = ''] = execFileSync('docker', ['inspect', '--format', format, id], { encoding: 'utf8' })
    .trim()
    .split(' ');
  const [guest = ''] = readdirSync(paths.guests);
  const control = createControlClient(paths.proxySocket);
  const hello = await control.hello().finally(() => control.close());
  if (!hello) throw new Error('the proxy does not answer');
  return { pid: Number(pid), address, guest: path.join(paths.guests, guest, 's'), proxyPid: hello.pid };
}
