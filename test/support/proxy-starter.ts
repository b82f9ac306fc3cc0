/** Stands for a daemon, as a process that a test can kill: `proxy-starter.ts OPTIONS ROUTE`, both in JSON. */
import { systemClock } from '../../src/clock/clock.ts';
import { silentLog } from '../../src/log/log.ts';
import { createProxyRoutes } from '../../src/proxy/launch.ts';
import type { Route } from '../../src/proxy/routes.ts';
import type { ProxyProcess } from '../../src/proxy/start-process.ts';

const [options = '', route = ''] = process.argv.slice(2);
const routes = await createProxyRoutes({
  ...(JSON.parse(options) as ProxyProcess),
  clock: systemClock,
  log: silentLog,
});
const results = await routes.publish(JSON.parse(route) as Route);
process.stdout.write(`${JSON.stringify(results)}\n`);
setInterval(() => undefined, 60_000);
