import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { FleetProxy } from './fleet-proxies.ts';
import type { Measurement } from './measurement.ts';
import { CPU, loaded, PER_SECOND, SECONDS } from './measurements.ts';

const CONNECTIONS = 32;
const THREADS = 4;

/** What a request costs when much is routed, all of them to one workspace, and in turn to all workspaces on all ports. */
export function fleetMeasurements(dir: string, one: FleetProxy, many: FleetProxy): Measurement[] {
  const common = {
    key: 'fleet',
    contenders: [one, many],
    base: one.name,
    subject: many.name,
    figures: [{ name: PER_SECOND }, { name: CPU, goals: [{ of: one.name, atMost: 1.05 }] }],
  };
  const load = { connections: CONNECTIONS, seconds: 2 * SECONDS };
  const scripts = new Map([one, many].map((proxy) => [proxy.name, writeScript(dir, proxy)]));
  return [
    { ...common, title: 'workspaces x ports routed, one of them asked', run: (proxy) => loaded(proxy, load) },
    {
      ...common,
      title: 'workspaces x ports routed, all of them asked in turn',
      run: (proxy) => loaded(proxy, { ...load, threads: THREADS, script: scripts.get(proxy.name) }),
    },
  ];
}

/** Each thread has a port of its own; the requests of each connection go to all workspaces, one after another. */
function writeScript(dir: string, { name, address, hosts, ports }: FleetProxy): string {
  const file = path.join(dir, `${name.replaceAll(' ', '')}.lua`);
  const list = (values: (string | number)[]): string => `{ ${values.map((value) => `"${value}"`).join(', ')} }`;
  const names = hosts.map((host) => host.replace(/:\d+$/, ''));
  writeFileSync(
    file,
    `
local ports = ${list(ports)}
local names = ${list(names)}
local threads = 0
function setup(thread)
  local port = ports[threads % #ports + 1]
  threads = threads + 1
  thread.addr = wrk.lookup("${address}", port)[1]
  thread:set("port", port)
end
local requests = {}
local count = 0
function init(args)
  for i, name in ipairs(names) do
    requests[i] = wrk.format("GET", "/", { Host = name .. ":" .. port })
  end
end
function request()
  count = count % #requests + 1
  return requests[count]
end
`,
  );
  return file;
}
