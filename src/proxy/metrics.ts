import type { Registry } from 'prom-client';
import type { PortTraffic, Traffic } from './traffic.ts';

export interface Metrics {
  /** In the text format of Prometheus. */
  text(): Promise<string>;
}

export interface MetricExtras {
  /** HTTP connections of clients that are open, idle ones too. */
  clientConnections(): number;
}

/** What has passed through. The numbers are taken when somebody asks, and until then nothing is loaded or observed for it. */
export function createMetrics(traffic: Traffic, extras: MetricExtras): Metrics {
  let registry: Promise<Registry> | undefined;
  return {
    async text() {
      registry ??= createRegistry(traffic, extras);
      return (await registry).metrics();
    },
  };
}

async function createRegistry(traffic: Traffic, extras: MetricExtras): Promise<Registry> {
  const { Counter, Gauge, Registry, collectDefaultMetrics } = await import('prom-client');
  const registry = new Registry();
  for (const { type, name, help, labels, read } of FAMILIES) {
    const options = { name: `dual_proxy_${name}`, help, labelNames: ['workspace', 'port', ...labels] };
    const metric = new { counter: Counter, gauge: Gauge }[type]({
      ...options,
      registers: [registry],
      collect() {
        // All anew, so that what belonged to a workspace goes with it.
        metric.reset();
        for (const port of traffic.all()) {
          for (const { value, ...more } of read(port)) {
            metric.inc({ workspace: port.workspace, port: String(port.port), ...more }, value);
          }
        }
      },
    });
  }
  new Gauge({
    name: 'dual_proxy_client_connections',
    help: 'HTTP connections of clients that are open, idle ones too',
    registers: [registry],
    collect() {
      this.set(extras.clientConnections());
    },
  });
  collectDefaultMetrics({ register: registry, prefix: 'dual_proxy_' });
  return registry;
}

interface Family {
  type: 'counter' | 'gauge';
  name: string;
  help: string;
  /** Beside `workspace` and `port`. */
  labels: string[];
  /** The values of one port, each with the labels that are its own. */
  read(port: PortTraffic): { value: number; code?: string; direction?: string }[];
}

const FAMILIES: readonly Family[] = [
  {
    type: 'counter',
    name: 'requests_total',
    help: 'Requests that were passed on, by the class of their answers; "none" for answers that never came',
    labels: ['code'],
    read: ({ requests }) => requests.map((value, i) => ({ code: i === 0 ? 'none' : `${i}xx`, value })),
  },
  {
    type: 'counter',
    name: 'bytes_total',
    help: 'Bytes from clients (in) and to them (out)',
    labels: ['direction'],
    read: ({ bytesIn, bytesOut }) => [
      { direction: 'in', value: bytesIn },
      { direction: 'out', value: bytesOut },
    ],
  },
  {
    type: 'gauge',
    name: 'open_connections',
    help: 'Requests and plain TCP connections under way',
    labels: [],
    read: ({ open }) => [{ value: open }],
  },
  {
    type: 'counter',
    name: 'tcp_connections_total',
    help: 'Plain TCP connections that were opened',
    labels: [],
    read: ({ connections }) => [{ value: connections }],
  },
  {
    type: 'counter',
    name: 'errors_total',
    help: "Requests and connections that failed or were cut off on the workspace's side",
    labels: [],
    read: ({ errors }) => [{ value: errors }],
  },
];
