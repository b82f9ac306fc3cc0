/** Something that answers requests to the server in the machine. */
export interface Contender {
  name: string;
  address: string;
  port: number;
  /** The Host header that leads to the server. */
  host: string;
  /** Its processes, less those that come from them. None: there is nothing in between. */
  pids: number[];
}

export const DUAL = 'Dual';
export const NGINX = 'nginx';
export const CADDY = 'Caddy';
export const HTTP_PROXY = 'http-proxy';
export const NO_PROXY = 'no proxy';
export const NGINX_DIRECT = 'nginx, no relay';
