import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Docker from 'dockerode';

type Environment = Record<string, string | undefined>;

/** Where an engine is: a Docker host URL, and the directory of its TLS files when it has some. */
export interface EngineAddress {
  host: string;
  certificates?: string;
}

/**
 * A client of the engine that the docker CLI would talk to: DOCKER_HOST, else DOCKER_CONTEXT, else the current context of the CLI's
 * configuration, else the local socket. Connects to nothing yet.
 * @throws Error when a context is named that does not exist, or an address cannot be understood
 */
export function createDocker(env: Environment, home: string = env['HOME'] ?? os.homedir()): Docker {
  return new Docker(clientOptions(engineAddress(env, home), env));
}

/** The address by the docker CLI's own rules. */
export function engineAddress(env: Environment, home: string): EngineAddress {
  if (env['DOCKER_HOST']) return addressOf(env['DOCKER_HOST'], env, home);
  const config = env['DOCKER_CONFIG'] ?? path.join(home, '.docker');
  const context = env['DOCKER_CONTEXT'] ?? currentContext(config);
  if (context && context !== 'default') return contextAddress(config, context);
  return { host: `unix://${localSocket(home)}` };
}

function addressOf(host: string, env: Environment, home: string): EngineAddress {
  const fallback = env['DOCKER_TLS_VERIFY'] ? path.join(home, '.docker') : undefined;
  const certificates = env['DOCKER_CERT_PATH'] ?? fallback;
  return { host, ...(certificates && { certificates }) };
}

function localSocket(home: string): string {
  const [system, desktop] = ['/var/run/docker.sock', path.join(home, '.docker/run/docker.sock')];
  return existsSync(system) || !existsSync(desktop) ? system : desktop;
}

function currentContext(config: string): string | undefined {
  const file = path.join(config, 'config.json');
  if (!existsSync(file)) return undefined;
  return (readJson(file) as { currentContext?: string }).currentContext;
}

function contextAddress(config: string, context: string): EngineAddress {
  const id = createHash('sha256').update(context).digest('hex');
  const file = path.join(config, 'contexts/meta', id, 'meta.json');
  if (!existsSync(file)) {
    throw new Error(`the docker context ${JSON.stringify(context)} does not exist; see \`docker context ls\``);
  }
  const host = (readJson(file) as { Endpoints?: { docker?: { Host?: string } } }).Endpoints?.docker?.Host;
  if (!host) throw new Error(`the docker context ${JSON.stringify(context)} names no engine`);
  const certificates = path.join(config, 'contexts/tls', id, 'docker');
  return { host, ...(existsSync(certificates) && { certificates }) };
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file} cannot be read as JSON`, { cause: error });
  }
}

/** Every option is given, since the library would fill in what is missing from the process's own environment. */
function clientOptions(address: EngineAddress, env: Environment): Docker.DockerOptions {
  const { host } = address;
  const socketPath = /^(?:unix|npipe):\/\/(.*)$/.exec(host)?.[1];
  if (socketPath !== undefined) return { socketPath, host: '' };
  const url = new URL(host.includes('//') ? host : `tcp://${host}`);
  return url.protocol === 'ssh:' ? sshOptions(url, env) : tcpOptions(url, address);
}

function sshOptions(url: URL, env: Environment): Docker.DockerOptions {
  const agent = env['SSH_AUTH_SOCK'];
  return {
    protocol: 'ssh',
    host: url.hostname,
    port: url.port || 22,
    ...(url.username && { username: url.username }),
    sshOptions: { ...(agent && { agent }) },
  };
}

function tcpOptions(url: URL, { certificates }: EngineAddress): Docker.DockerOptions {
  const tls = certificates !== undefined || url.protocol === 'https:';
  return {
    protocol: tls ? 'https' : 'http',
    host: url.hostname,
    port: url.port || (tls ? 2376 : 2375),
    ...(certificates && tlsFiles(certificates)),
  };
}

function tlsFiles(dir: string): { ca?: Buffer; cert?: Buffer; key?: Buffer } {
  const read = (name: string): Buffer | undefined => {
    const file = path.join(dir, name);
    return existsSync(file) ? readFileSync(file) : undefined;
  };
  const [ca, cert, key] = [read('ca.pem'), read('cert.pem'), read('key.pem')];
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}

/** Path of the engine's socket when it is one of this machine's. */
export function engineSocket(docker: Docker): string | undefined {
  const { socketPath } = docker.modem as { socketPath?: unknown };
  return typeof socketPath === 'string' ? socketPath : undefined;
}
