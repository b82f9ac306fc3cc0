import { expect, it } from 'vitest';
import { createMetrics } from '../../../src/proxy/metrics.ts';
import { createTraffic } from '../../../src/proxy/traffic.ts';

/** The samples of Dual's own, less those of the process. */
function samples(text: string): string[] {
  const own = /^dual_proxy_(requests|bytes|open|tcp|errors|client)/;
  return text.split('\n').filter((line) => own.test(line));
}

it('tells for each workspace and port what has passed through', async () => {
  const traffic = createTraffic();
  const metrics = createMetrics(traffic, { clientConnections: () => 12 });
  Object.assign(traffic.of('shop-main', 3000), {
    requests: [1, 2, 300, 4, 5, 6],
    bytesIn: 70_000_000_000,
    bytesOut: 8,
    open: 9,
    errors: 11,
  });
  traffic.of('shop-main', 5432).connections = 10;
  const lines = samples(await metrics.text());
  const of = (port: number): string => `workspace="shop-main",port="${port}"`;
  expect(lines.filter((line) => !line.includes(of(5432)))).toEqual([
    `dual_proxy_requests_total{${of(3000)},code="none"} 1`,
    `dual_proxy_requests_total{${of(3000)},code="1xx"} 2`,
    `dual_proxy_requests_total{${of(3000)},code="2xx"} 300`,
    `dual_proxy_requests_total{${of(3000)},code="3xx"} 4`,
    `dual_proxy_requests_total{${of(3000)},code="4xx"} 5`,
    `dual_proxy_requests_total{${of(3000)},code="5xx"} 6`,
    `dual_proxy_bytes_total{${of(3000)},direction="in"} 70000000000`,
    `dual_proxy_bytes_total{${of(3000)},direction="out"} 8`,
    `dual_proxy_open_connections{${of(3000)}} 9`,
    `dual_proxy_tcp_connections_total{${of(3000)}} 0`,
    `dual_proxy_errors_total{${of(3000)}} 11`,
    'dual_proxy_client_connections 12',
  ]);
  expect(lines).toContain(`dual_proxy_tcp_connections_total{${of(5432)}} 10`);
});

it('tells the numbers of the moment, and no more of a workspace that has gone', async () => {
  const traffic = createTraffic();
  const metrics = createMetrics(traffic, { clientConnections: () => 0 });
  traffic.of('one', 80).bytesIn = 1;
  traffic.of('two', 80).open = 1;
  expect(samples(await metrics.text())).toContain('dual_proxy_bytes_total{workspace="one",port="80",direction="in"} 1');
  traffic.of('one', 80).bytesIn += 1;
  traffic.drop('two');
  for (const text of await Promise.all([metrics.text(), metrics.text()])) {
    expect(samples(text)).toContain('dual_proxy_bytes_total{workspace="one",port="80",direction="in"} 2');
    expect(text).not.toContain('workspace="two"');
  }
});

it('tells how its process does, under a name of its own', async () => {
  const text = await createMetrics(createTraffic(), { clientConnections: () => 0 }).text();
  expect(text).toMatch(/^dual_proxy_process_resident_memory_bytes \d+$/m);
  const names = text.match(/^(?!#)\w+/gm) ?? [];
  expect(names.filter((name) => !name.startsWith('dual_proxy_'))).toEqual([]);
});
