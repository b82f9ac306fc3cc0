import path from 'node:path';
import { systemClock } from '../../../src/clock/clock.ts';
import { packageRoot, packageVersion } from '../../../src/config/package-root.ts';
import { silentLog } from '../../../src/log/log.ts';
import { createControlClient } from '../../../src/proxy/control-client.ts';
import { ensureProxy, stopProxy, type ProxyProcess } from '../../../src/proxy/start-process.ts';
import type { Contender } from './contender.ts';
import { PORTS, type Machine } from './machine.ts';
import type { Scope } from './scope.ts';

const MANY = 15;

/** A proxy of Dual's and the hosts that it serves, which all lead to the same machine. */
export interface FleetProxy extends Contender {
  hosts: string[];
  ports: number[];
}

/** Two proxies, the one with one workspace of one port, the other with fifteen of four. */
export async function startFleetProxies(
  scope: Scope,
  dir: string,
  machine: Machine,
): Promise<[FleetProxy, FleetProxy]> {
  const network = machine.instance.address.replace(/\d+$/, '');
  return [
    await start(scope, path.join(dir, 'one'), { machine, address: `${network}201`, size: 1, ports: PORTS.slice(0, 1) }),
    await start(scope, path.join(dir, 'many'), { machine, address: `${network}202`, size: MANY, ports: PORTS }),
  ];
}

interface FleetOptions {
  machine: Machine;
  address: string;
  /** Number of workspaces. */
  size: number;
  ports: number[];
}

async function start(scope: Scope, dir: string, { machine, address, size, ports }: FleetOptions): Promise<FleetProxy> {
  const socket = path.join(dir, 'proxy.sock');
  const control = createControlClient(socket);
  const started = ensureProxy(optionsOf(dir, socket, address), control);
  scope.defer(() => started.then(() => stopProxy(control)).finally(() => control.close()));
  const { pid } = await started;
  const workspaces = Array.from({ length: size }, (_, index) => `bench-${index + 1}`);
  for (const workspace of workspaces) {
    await control.publish({ workspace, endpoint: { socket: machine.guest }, ports, awaited: [] });
  }
  const hosts = workspaces.map((workspace) => `${workspace}.localhost:${ports[0]}`);
  const name = `${size} x ${ports.length}`;
  return { name, address, port: ports[0]!, host: hosts[0]!, pids: [pid], hosts, ports };
}

function optionsOf(dir: string, socket: string, address: string): ProxyProcess {
  return {
    socket,
    listen: [address],
    ca: path.join(dir, 'ca'),
    version: packageVersion(),
    command: [process.execPath, path.join(packageRoot(), 'dist/proxy.js')],
    logFile: path.join(dir, 'proxy.log'),
    clock: systemClock,
    log: silentLog,
  };
}
