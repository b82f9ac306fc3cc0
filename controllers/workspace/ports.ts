import type { Project } from '../../src/api/types.ts';
import { REASON } from '../../src/api/conditions.ts';
import type { ListeningPort } from '../../src/guest/protocol.ts';

/** A port that something listens on, and whether it belongs on the host. */
export interface ClassifiedPort {
  port: number;
  name?: string;
  protocol: 'http' | 'tcp';
  process: string;
  /** Undefined: it should be routed. */
  refusal?: { reason: string; message: string };
}

/** Ports of services that do not speak HTTP, so that a Host header could never tell workspaces apart. */
const TCP_PORTS: ReadonlyMap<number, string> = new Map([
  [22, 'SSH'],
  [25, 'SMTP'],
  [1025, 'SMTP'],
  [1433, 'SQL Server'],
  [1521, 'Oracle'],
  [2181, 'ZooKeeper'],
  [2379, 'etcd'],
  [3306, 'MySQL'],
  [33060, 'MySQL X'],
  [4222, 'NATS'],
  [5432, 'PostgreSQL'],
  [5671, 'AMQP'],
  [5672, 'AMQP'],
  [6379, 'Redis'],
  [9042, 'Cassandra'],
  [9092, 'Kafka'],
  [9229, 'the Node.js inspector'],
  [11211, 'memcached'],
  [26257, 'CockroachDB'],
  [27017, 'MongoDB'],
]);

/** Where Linux takes ports from that nobody asked for by number. */
const EPHEMERAL_START = 32_768;

/** Names and protocols from the Project, and which ports the proxy has to leave alone. Ascending. */
export function classifyPorts(
  listening: readonly ListeningPort[],
  declared: Project['spec']['ports'],
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

function classify(listening: ListeningPort, declared: Project['spec']['ports'][number] | undefined): ClassifiedPort {
  const { port, process } = listening;
  const known = declared?.protocol === 'http' ? undefined : TCP_PORTS.get(port);
  const protocol = declared?.protocol === 'tcp' || known !== undefined ? 'tcp' : 'http';
  const refusal = refusalOf(listening, { known, declared: declared !== undefined, tcp: protocol === 'tcp' });
  return { port, protocol, process, ...(declared && { name: declared.name }), ...(refusal && { refusal }) };
}

function refusalOf(
  { port, reachable }: ListeningPort,
  { known, declared, tcp }: { known: string | undefined; declared: boolean; tcp: boolean },
): ClassifiedPort['refusal'] {
  if (tcp) {
    const what = known ? `is ${known}'s` : 'is declared as tcp';
    return { reason: REASON.portIsTcp, message: `port ${port} ${what}; plain TCP has no URL` };
  }
  if (!declared && port >= EPHEMERAL_START) {
    return {
      reason: REASON.portIsEphemeral,
      message: `port ${port} is in the ephemeral range; list it in the Project's spec.ports to give it a URL`,
    };
  }
  if (!reachable) {
    return { reason: REASON.unreachable, message: `port ${port} is bound to an address other than localhost` };
  }
  return undefined;
}
