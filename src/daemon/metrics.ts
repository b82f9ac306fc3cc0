import type { Registry } from 'prom-client';
import type { Log } from '../log/log.ts';
import { createControlClient } from '../proxy/control-client.ts';
import type { ControllerStats } from '../runtime/controller.ts';

export interface MetricsOptions {
  /** Those that there are by now; more may come. */
  controllers: readonly { stats(): ControllerStats }[];
  /** Path of the proxy's control socket. */
  proxySocket: string;
  log: Log;
}

/**
 * What the daemon and the proxy have done, in the text format of Prometheus. Nothing is loaded or observed for it before somebody
 * asks. A proxy that does not answer is told of by `dual_proxy_up 0`.
 */
export function createDaemonMetrics({ controllers, proxySocket, log }: MetricsOptions): () => Promise<string> {
  let registry: Promise<Registry> | undefined;
  return async () => {
    registry ??= createRegistry(controllers);
    const [own, proxy] = await Promise.all([
      registry.then((made) => made.metrics()),
      proxyMetrics(proxySocket).catch((error: unknown) => {
        log.debug({ err: error }, 'the proxy does not tell its metrics');
        return undefined;
      }),
    ]);
    return [own, proxyUp(proxy !== undefined), proxy ?? ''].join('\n');
  };
}

async function proxyMetrics(socket: string): Promise<string> {
  const client = createControlClient(socket);
  try {
    return await client.metrics();
  } finally {
    client.close();
  }
}

function proxyUp(up: boolean): string {
  const [help, type] = ['Whether the proxy answers', 'gauge'];
  return `# HELP dual_proxy_up ${help}\n# TYPE dual_proxy_up ${type}\ndual_proxy_up ${up ? 1 : 0}\n`;
}

async function createRegistry(controllers: MetricsOptions['controllers']): Promise<Registry> {
  const { Counter, Gauge, Registry, collectDefaultMetrics } = await import('prom-client');
  const registry = new Registry();
  const registers = [registry];
  const stats = (): ControllerStats[] => controllers.map((controller) => controller.stats());
  new Counter({
    name: 'dual_daemon_reconciles_total',
    help: 'Reconciles, by how they ended',
    labelNames: ['kind', 'result'],
    registers,
    collect() {
      this.reset();
      for (const { kind, results } of stats()) {
        for (const [result, value] of Object.entries(results)) this.inc({ kind, result }, value);
      }
    },
  });
  new Counter({
    name: 'dual_daemon_reconcile_seconds_total',
    help: 'Time that reconciles took together',
    labelNames: ['kind'],
    registers,
    collect() {
      this.reset();
      for (const { kind, duration } of stats()) this.inc({ kind }, duration / 1000);
    },
  });
  new Gauge({
    name: 'dual_daemon_queue_depth',
    help: 'Objects that wait to be reconciled now',
    labelNames: ['kind'],
    registers,
    collect() {
      for (const { kind, queued } of stats()) this.set({ kind }, queued);
    },
  });
  collectDefaultMetrics({ register: registry, prefix: 'dual_daemon_' });
  return registry;
}
