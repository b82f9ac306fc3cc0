import { CADDY, DUAL, HTTP_PROXY, NGINX, NGINX_DIRECT, NO_PROXY, type Contender } from './contender.ts';
import { download } from './download.ts';
import type { Measurement, Values } from './measurement.ts';
import { processorTime } from './processes.ts';
import { idleStreams } from './streams.ts';
import type { Echo } from './websocket.ts';
import { runWrk, type Load } from './wrk.ts';

export const SECONDS = 1;
const CONNECTIONS = 32;
/** So few that nobody has to wait for a processor. */
const FEW_CONNECTIONS = 4;
const LARGE_MESSAGE = 64 * 1024;
const SMALL_MESSAGE = 64;

/** What a browser sends along, about 650 bytes. */
const BROWSER: Record<string, string> = {
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  'Accept-Language': 'en-GB,en;q=0.9,de;q=0.8',
  'Accept-Encoding': 'gzip, deflate, br, zstd',
  'Cache-Control': 'max-age=0',
  'sec-ch-ua': '"Chromium";v="131", "Not_A Brand";v="24"',
  'sec-ch-ua-mobile': '?0',
  'sec-ch-ua-platform': '"Linux"',
  'Sec-Fetch-Dest': 'document',
  'Sec-Fetch-Mode': 'navigate',
  'Sec-Fetch-Site': 'none',
  'Upgrade-Insecure-Requests': '1',
  Cookie: 'session=0123456789abcdef0123456789abcdef',
};

export const PER_SECOND = 'requests/s';
export const CPU = 'proxy CPU, µs/request';
const MACHINE_CPU = 'CPU inside, µs/request';
const P50 = 'p50, µs';
const P99 = 'p99, µs';

/** `machine`: process id of the container's first process. */
export function measurementsOf(contenders: Contender[], echo: Echo, machine: number): Measurement[] {
  const common = { base: NGINX, subject: DUAL, contenders };
  const proxies = contenders.filter(({ name }) => name !== NO_PROXY && name !== NGINX_DIRECT);
  const asQuickAsNginx = [{ of: NGINX, atLeast: 1 }];
  const quicker = [...asQuickAsNginx, { of: CADDY, atLeast: 2.5 }, { of: HTTP_PROXY, atLeast: 2.5 }];
  const noWorse = [{ of: NGINX, atMost: 1 }];
  const load = { connections: CONNECTIONS, seconds: SECONDS };
  return [
    {
      ...common,
      key: 'streams',
      title: '1,000 idle event streams',
      contenders: proxies,
      once: true,
      figures: [{ name: 'KiB/stream' }, { name: 'MiB before' }, { name: 'MiB with them' }],
      run: async (contender) => {
        const { before, after, perStream } = await idleStreams(contender);
        return { 'KiB/stream': perStream, 'MiB before': before / 1024, 'MiB with them': after / 1024 };
      },
    },
    {
      ...common,
      key: 'keepalive',
      title: `small requests, ${CONNECTIONS} connections that are kept`,
      figures: [
        { name: PER_SECOND, goals: quicker },
        { name: CPU, goals: [{ of: NGINX, atMost: 1.1 }] },
        { name: MACHINE_CPU },
        { name: P50 },
        { name: P99, goals: noWorse },
      ],
      run: (contender) => loaded(contender, { ...load, seconds: 2 * SECONDS }, machine),
    },
    {
      ...common,
      key: 'latency',
      title: `small requests, ${FEW_CONNECTIONS} connections that are kept`,
      contenders: proxies,
      figures: [{ name: PER_SECOND }, { name: P50 }, { name: P99, goals: noWorse }],
      run: (contender) => loaded(contender, { ...load, connections: FEW_CONNECTIONS }),
    },
    {
      ...common,
      key: 'heads',
      title: `requests with a browser's heads, ${CONNECTIONS} connections that are kept`,
      contenders: proxies,
      figures: [{ name: PER_SECOND, goals: asQuickAsNginx }, { name: CPU }],
      run: (contender) => loaded(contender, { ...load, headers: BROWSER }),
    },
    {
      ...common,
      key: 'close',
      title: `a new connection for each request, ${CONNECTIONS} at once`,
      figures: [{ name: PER_SECOND, goals: [{ of: NGINX, atLeast: 0.6 }] }, { name: CPU }],
      run: (contender) => loaded(contender, { ...load, headers: { Connection: 'close' } }),
    },
    {
      ...common,
      key: 'download',
      title: 'downloads of 64 MB, one after another',
      figures: [{ name: 'MB/s', goals: asQuickAsNginx }],
      run: async (contender) => ({ 'MB/s': await download(contender) }),
    },
    {
      ...common,
      key: 'websocket',
      title: 'websocket messages there and back, 32 connections',
      contenders: proxies,
      figures: [{ name: '64 bytes, messages/s' }, { name: '64 KB, messages/s' }],
      run: async (contender) => ({
        '64 bytes, messages/s': await echo(contender, SMALL_MESSAGE),
        '64 KB, messages/s': await echo(contender, LARGE_MESSAGE),
      }),
    },
  ];
}

export async function loaded(contender: Contender, load: Load, machine?: number): Promise<Values> {
  const inside = machine === undefined ? [] : [machine];
  const before = [processorTime(contender.pids), processorTime(inside)];
  const { requests, perSecond, p50, p99 } = await runWrk(contender, load);
  const perRequest = (pids: number[], earlier = 0): number =>
    pids.length === 0 ? NaN : (processorTime(pids) - earlier) / requests;
  return {
    [PER_SECOND]: perSecond,
    [CPU]: perRequest(contender.pids, before[0]),
    [MACHINE_CPU]: perRequest(inside, before[1]),
    [P50]: p50,
    [P99]: p99,
  };
}
