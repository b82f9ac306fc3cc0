import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/clock/clock.ts';
import { createDaemonMetrics } from '../../../src/daemon/metrics.ts';
import { silentLog } from '../../../src/log/log.ts';
import { createAccessLog } from '../../../src/proxy/access-log.ts';
import { listenOnSocket } from '../../../src/proxy/control.ts';
import { Controller } from '../../../src/runtime/controller.ts';
import { createApiFixture, type ApiFixture } from '../../support/api-fixture.ts';
import { bareControl } from '../../support/bare-control.ts';
import { eventually } from '../../support/eventually.ts';

/** A server with the daemon's metrics, and where a proxy would answer. */
async function setUp(controllers: Controller[] = []): Promise<ApiFixture & { proxySocket: string }> {
  let proxySocket = '';
  let metrics: (() => Promise<string>) | undefined;
  const fixture = await createApiFixture({
    metrics: () => (metrics ??= createDaemonMetrics({ controllers, proxySocket, log: silentLog }))(),
  });
  proxySocket = path.join(fixture.dir, 'proxy.sock');
  return { ...fixture, proxySocket };
}

it("are the daemon's own while no proxy answers", async () => {
  const { request } = await setUp();
  const { code, headers, text } = await request('GET', '/metrics');
  expect([code, headers['content-type']]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
  expect(text).toMatch(/^dual_daemon_process_resident_memory_bytes \d+$/m);
  expect(text).toMatch(/^dual_proxy_up 0$/m);
});

it("are the proxy's as well when it does", async () => {
  const { request, proxySocket } = await setUp();
  const text = '# TYPE dual_proxy_x counter\ndual_proxy_x{workspace="one"} 1\n';
  const control = bareControl({ access: createAccessLog(), metrics: { text: () => Promise.resolve(text) } });
  await listenOnSocket(control, proxySocket);
  onTestFinished(() => control.close());
  const answer = (await request('GET', '/metrics')).text;
  expect(answer).toMatch(/^dual_proxy_up 1$/m);
  expect(answer).toContain(`\n${text}`);
  const families = answer.match(/^# TYPE \S+/gm) ?? [];
  expect(families).toEqual([...new Set(families)]);
});

it('tell how reconciles went', async () => {
  const reconcile = (name: string): Promise<object> =>
    name === 'bad' ? Promise.reject(new Error('x')) : Promise.resolve({});
  const options = { workers: 1, resync: 3_600_000, clock: systemClock, log: silentLog };
  const controller = new Controller({ kind: 'Workspace', reconcile }, options);
  const { request } = await setUp([controller]);
  for (const name of ['a', 'b', 'bad']) controller.enqueue(name);
  expect((await request('GET', '/metrics')).text).toMatch(/^dual_daemon_queue_depth\{kind="Workspace"\} 3$/m);
  controller.start();
  onTestFinished(() => controller.stop());
  await eventually(async () => {
    const { text } = await request('GET', '/metrics');
    expect(text).toMatch(/^dual_daemon_reconciles_total\{kind="Workspace",result="success"\} 2$/m);
    expect(text).toMatch(/^dual_daemon_reconciles_total\{kind="Workspace",result="error"\} [1-9]/m);
    expect(text).toMatch(/^dual_daemon_reconcile_seconds_total\{kind="Workspace"\} \d/m);
    expect(text).toMatch(/^dual_daemon_queue_depth\{kind="Workspace"\} 0$/m);
  });
});

it('are not there where nobody tells any', async () => {
  const { request } = await createApiFixture();
  expect((await request('GET', '/metrics')).code).toBe(404);
});
