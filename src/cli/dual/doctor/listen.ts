import { createServer } from 'node:net';
import type { Config } from '../../../config/config.ts';
import type { CheckResult, DoctorContext } from './check.ts';

/** Whether the proxy can listen on each of its addresses, on any port and on ports below 1024. */
export async function checkListen(context: DoctorContext, listen: Config['proxy']['listen']): Promise<CheckResult[]> {
  const results = await Promise.all(listen.map((address) => checkAddress(context, address)));
  return [...results.flat(), ...checkLeadsThere(context, listen)];
}

/** What *.localhost is, and what is it among others. */
const LOCALHOST = ['127.0.0.1', '::1', '0.0.0.0', '::'];

function checkLeadsThere({ paths }: DoctorContext, listen: readonly string[]): CheckResult[] {
  if (listen.some((address) => LOCALHOST.includes(address))) return [];
  return [
    {
      name: 'listen',
      status: 'warning',
      message: `the proxy listens on ${listen.join(', ')} alone; *.localhost is 127.0.0.1, so that the URLs do not lead here`,
      fix: `add 127.0.0.1 to proxy.listen in ${paths.config}`,
    },
  ];
}

async function checkAddress(context: DoctorContext, address: string): Promise<CheckResult[]> {
  const name = `listen ${address}`;
  const code = await tryListen(address, 0);
  if (code) {
    return [
      {
        name,
        status: address.includes(':') ? 'warning' : 'missing',
        message: `nothing can listen on ${address} (${code})`,
        fix: addressFix(context.platform, address),
      },
    ];
  }
  return [
    { name, status: 'ok', message: `the proxy can listen on ${address}` },
    ...(await checkPrivileged(context, address)),
  ];
}

function addressFix(platform: NodeJS.Platform, address: string): string {
  if (platform === 'darwin') return `sudo ifconfig lo0 alias ${address}`;
  if (address === '::1') return 'sudo sysctl -w net.ipv6.conf.lo.disable_ipv6=0';
  return `sudo ip address add ${address} dev lo`;
}

/** Only EACCES counts: a port 80 that is in use is somebody else's business. */
async function checkPrivileged({ platform }: DoctorContext, address: string): Promise<CheckResult[]> {
  if (platform !== 'linux' || address.includes(':')) return [];
  if ((await tryListen(address, 80)) !== 'EACCES') return [];
  return [
    {
      name: 'ports below 1024',
      status: 'warning',
      message: 'you may not listen on ports below 1024: URLs without a port, or on such ports, do not work',
      fix: 'sudo sysctl -w net.ipv4.ip_unprivileged_port_start=80',
    },
  ];
}

/** The error's code, undefined when it could listen. It stops at once. */
async function tryListen(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
