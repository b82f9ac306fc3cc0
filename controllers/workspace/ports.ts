import type { Project } from '../../src/api/types.ts';
import { REASON } from '../../src/api/conditions.ts';
import type { ListeningPort } from '../../src/guest/protocol.ts';

/** A port that something listens on, and how it is served. */
export interface ClassifiedPort {
  port: number;
  name?: string;
  /** http: at a URL, told apart by host name. tcp: at the Workspace's own address alone. */
  protocol: 'http' | 'tcp';
  process: string;
  /** Whether it is bound to an address inside that can be reached; only then is it served at all. */
  reachable: boolean;
  /** Why it is not served as its protocol says. */
  refusal?: { reason: string; message: string };
}

type DeclaredPort = Project['spec']['ports'][number];

/** Ports of services that do not speak HTTP, so that a Host header could never tell workspaces apart. */
const TCP_PORTS: ReadonlySet<number> = new Set([
  22, // SSH
  25, // SMTP
  1025, // SMTP
  1433, // SQL Server
  1521, // Oracle
  2181, // ZooKeeper
  2379, // etcd
  3306, // MySQL
  33060, // MySQL X
  4222, // NATS
  5432, // PostgreSQL
  5671, // AMQP
  5672, // AMQP
  6379, // Redis
  9042, // Cassandra
  9092, // Kafka
  9229, // the Node.js inspector
  11211, // memcached
  26257, // CockroachDB
  27017, // MongoDB
]);

/** Where Linux takes ports from that nobody asked for by number. */
const EPHEMERAL_START = 32_768;

/** Names and protocols from the Project, and which ports get no URL. Ascending. Pure, as all of these. */
export function classifyPorts(
  listening: readonly ListeningPort[],
  declared: readonly DeclaredPort[],
): ClassifiedPort[] {
  return listening
    .map((port) =>
      classify(
        port,
        declared.find((entry) => entry.port === port.port),
      ),
    )
    .sort((a, b) => a.port - b.port);
}

/** Those with a URL. */
export function urlPorts(ports: readonly ClassifiedPort[]): number[] {
  return ports.filter((port) => port.protocol === 'http' && isOffered(port)).map(({ port }) => port);
}

/** Those that are reached as plain TCP: whatever can be reached at all. */
export function tcpPorts(ports: readonly ClassifiedPort[]): number[] {
  return ports.filter(({ reachable }) => reachable).map(({ port }) => port);
}

/** Declared ports that a browser may ask for before anything listens on them. Ascending. */
export function awaitedPorts(declared: readonly DeclaredPort[]): number[] {
  const ports = declared.filter((entry) => protocolOf(entry.port, entry) === 'http').map(({ port }) => port);
  return [...new Set(ports)].sort((a, b) => a - b);
}

/** Whether it is served as its protocol says. */
export function isOffered({ refusal }: ClassifiedPort): boolean {
  return refusal === undefined;
}

function classify(listening: ListeningPort, declared: DeclaredPort | undefined): ClassifiedPort {
  const { port, process, reachable } = listening;
  const protocol = protocolOf(port, declared);
  const refusal = refusalOf(listening, { declared: declared !== undefined, protocol });
  return { port, protocol, process, reachable, ...(declared && { name: declared.name }), ...(refusal && { refusal }) };
}

function protocolOf(port: number, declared: DeclaredPort | undefined): ClassifiedPort['protocol'] {
  if (declared && declared.protocol !== 'auto') return declared.protocol;
  return TCP_PORTS.has(port) ? 'tcp' : 'http';
}

function refusalOf(
  { port, reachable }: ListeningPort,
  { declared, protocol }: { declared: boolean; protocol: ClassifiedPort['protocol'] },
): ClassifiedPort['refusal'] {
  if (!reachable) {
    return { reason: REASON.unreachable, message: `port ${port} is bound to an address other than localhost` };
  }
  if (protocol === 'http' && !declared && port >= EPHEMERAL_START) {
    return {
      reason: REASON.portIsEphemeral,
      message: `port ${port} is in the ephemeral range; list it in the Project's spec.ports to give it a URL`,
    };
  }
  return undefined;
}
