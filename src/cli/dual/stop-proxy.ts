import { setTimeout as delay } from 'node:timers/promises';
import type { Paths } from '../../config/paths.ts';
import { createControlClient } from '../../proxy/control-client.ts';

const TIMEOUT_MS = 10_000;
const INTERVAL_MS = 50;

/** Has the proxy end, and waits until it has. Gives whether there was one. @throws Error when it does not end */
export async function stopProxy(paths: Pick<Paths, 'proxySocket'>): Promise<boolean> {
  const client = createControlClient(paths.proxySocket);
  try {
    if (!(await client.hello())) return false;
    await client.shutdown();
    for (let waited = 0; await client.hello(); waited += INTERVAL_MS) {
      if (waited > TIMEOUT_MS) throw new Error(`the proxy behind ${paths.proxySocket} does not end`);
      await delay(INTERVAL_MS);
    }
    return true;
  } finally {
    client.close();
  }
}
