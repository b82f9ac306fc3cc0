import { writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CADDY, HTTP_PROXY, NGINX, NGINX_DIRECT, type Contender } from './contender.ts';
import { PORTS, type Machine } from './machine.ts';
import { startServer } from './processes.ts';
import type { Scope } from './scope.ts';

/** Ports on the instance's address, which is its own. */
const NGINX_PORT = 8001;
const NGINX_DIRECT_PORT = 8002;
const CADDY_PORT = 8003;
const HTTP_PROXY_PORT = 8004;

/** One worker, kept connections without end, the same forwarded headers as Dual's, and no log. */
function nginxConfig(dir: string, { instance, relay, address }: Machine): string {
  // Its worker would else run as another user, who may not use the socket.
  const user = process.getuid?.() === 0 ? `user ${os.userInfo().username} root;` : '';
  const kept = 'keepalive 1024; keepalive_requests 1000000000; keepalive_timeout 1h;';
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${dir}/tmp;`);
  const server = (port: number, upstream: string): string => `
    server {
      listen ${instance.address}:${port} backlog=4096;
      location / {
        proxy_pass http://${upstream};
        proxy_http_version 1.1;
        proxy_set_header Host $http_host;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $connection_upgrade;
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-Forwarded-Host $http_host;
        proxy_set_header X-Forwarded-Proto $scheme;
        proxy_max_temp_file_size 0;
        proxy_read_timeout 1h;
      }
    }`;
  return `
  ${user}
  daemon off;
  worker_processes 1;
  worker_rlimit_nofile 16384;
  pid ${dir}/nginx.pid;
  error_log stderr error;
  events { worker_connections 8192; }
  http {
    access_log off;
    keepalive_requests 1000000000;
    keepalive_timeout 1h;
    ${temporary.join(' ')}
    map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
    upstream relay { server unix:${relay}; ${kept} }
    upstream direct { server ${address}:${PORTS[0]}; ${kept} }
    ${server(NGINX_PORT, 'relay')}
    ${server(NGINX_DIRECT_PORT, 'direct')}
  }`;
}

function caddyConfig({ instance, relay }: Machine): string {
  return `
{
  admin off
  auto_https off
}
http://:${CADDY_PORT} {
  bind ${instance.address}
  reverse_proxy unix/${relay} {
    transport http {
      keepalive_idle_conns_per_host 1024
    }
  }
}
`;
}

/** nginx, Caddy and http-proxy, each before the relay; nginx before the server itself too. They end with the scope. */
export function startOthers(scope: Scope, dir: string, machine: Machine): Contender[] {
  const { host, instance, relay } = machine;
  const { address } = instance;
  const conf = path.join(dir, 'nginx.conf');
  const caddyfile = path.join(dir, 'Caddyfile');
  writeFileSync(conf, nginxConfig(dir, machine));
  writeFileSync(caddyfile, caddyConfig(machine));
  const script = fileURLToPath(new URL('./http-proxy.mjs', import.meta.url));
  const start = (name: string, ...command: string[]): number[] => [startServer(scope, { name, command, dir })];
  const nginx = start(NGINX, 'nginx', '-p', dir, '-c', conf, '-e', 'stderr');
  const caddy = start(CADDY, 'caddy', 'run', '--adapter', 'caddyfile', '--config', caddyfile);
  const httpProxy = start(HTTP_PROXY, process.execPath, script, address, String(HTTP_PROXY_PORT), relay);
  return [
    { name: NGINX_DIRECT, address, port: NGINX_DIRECT_PORT, host, pids: nginx },
    { name: NGINX, address, port: NGINX_PORT, host, pids: nginx },
    { name: CADDY, address, port: CADDY_PORT, host, pids: caddy },
    { name: HTTP_PROXY, address, port: HTTP_PROXY_PORT, host, pids: httpProxy },
  ];
}
