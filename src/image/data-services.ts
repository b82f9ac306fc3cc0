/** Programs that install packages, in the order in which one is looked for. */
export const INSTALLERS = ['apt-get', 'dnf', 'zypper', 'pacman', 'apk'] as const;
export type Installer = (typeof INSTALLERS)[number];

/** A server that repos commonly have Docker Compose start beside them. */
export interface DataService {
  /** For people. */
  name: string;
  /** Last part of the names of images that hold it. */
  images: string[];
  /** Any of these is its server. */
  programs: string[];
  /** Name of the package that brings the server; left out where there is none in what the distribution itself offers. */
  packages: Partial<Record<Installer, string>>;
}

const postgres: Pick<DataService, 'programs' | 'packages'> = {
  programs: ['postgres'],
  packages: {
    'apt-get': 'postgresql',
    dnf: 'postgresql-server',
    zypper: 'postgresql-server',
    pacman: 'postgresql',
    apk: 'postgresql',
  },
};

export const DATA_SERVICES: DataService[] = [
  { name: 'PostgreSQL', images: ['postgres', 'postgresql'], ...postgres },
  { name: 'PostgreSQL with PostGIS', images: ['postgis'], ...postgres },
  { name: 'PostgreSQL with pgvector', images: ['pgvector'], ...postgres },
  { name: 'PostgreSQL with TimescaleDB', images: ['timescaledb', 'timescaledb-ha'], ...postgres },
  {
    name: 'Redis',
    images: ['redis', 'redis-stack', 'redis-stack-server', 'valkey'],
    programs: ['redis-server', 'valkey-server'],
    packages: { 'apt-get': 'redis-server', dnf: 'valkey', zypper: 'valkey', pacman: 'valkey', apk: 'valkey' },
  },
  {
    name: 'MySQL',
    images: ['mysql', 'mysql-server', 'percona', 'percona-server'],
    programs: ['mysqld', 'mariadbd'],
    packages: {
      'apt-get': 'default-mysql-server',
      dnf: 'mariadb-server',
      zypper: 'mariadb',
      pacman: 'mariadb',
      apk: 'mariadb',
    },
  },
  {
    name: 'MariaDB',
    images: ['mariadb'],
    programs: ['mariadbd', 'mysqld'],
    packages: {
      'apt-get': 'mariadb-server',
      dnf: 'mariadb-server',
      zypper: 'mariadb',
      pacman: 'mariadb',
      apk: 'mariadb',
    },
  },
  {
    name: 'Memcached',
    images: ['memcached'],
    programs: ['memcached'],
    packages: { 'apt-get': 'memcached', dnf: 'memcached', zypper: 'memcached', pacman: 'memcached', apk: 'memcached' },
  },
  {
    name: 'RabbitMQ',
    images: ['rabbitmq'],
    programs: ['rabbitmq-server'],
    packages: { 'apt-get': 'rabbitmq-server', dnf: 'rabbitmq-server', zypper: 'rabbitmq-server', pacman: 'rabbitmq' },
  },
  {
    name: 'Mosquitto',
    images: ['eclipse-mosquitto', 'mosquitto'],
    programs: ['mosquitto'],
    packages: { 'apt-get': 'mosquitto', dnf: 'mosquitto', zypper: 'mosquitto', pacman: 'mosquitto', apk: 'mosquitto' },
  },
  {
    name: 'etcd',
    images: ['etcd'],
    programs: ['etcd'],
    packages: { 'apt-get': 'etcd-server', dnf: 'etcd', pacman: 'etcd' },
  },
  { name: 'NATS', images: ['nats'], programs: ['nats-server'], packages: { 'apt-get': 'nats-server' } },
  { name: 'InfluxDB', images: ['influxdb'], programs: ['influxd'], packages: { 'apt-get': 'influxdb' } },
  {
    name: 'MongoDB',
    images: ['mongo', 'mongodb', 'mongodb-community-server'],
    programs: ['mongod'],
    packages: {},
  },
  { name: 'MinIO', images: ['minio'], programs: ['minio'], packages: { pacman: 'minio' } },
  { name: 'Mailpit', images: ['mailpit'], programs: ['mailpit'], packages: {} },
  { name: 'MailHog', images: ['mailhog'], programs: ['mailhog', 'MailHog'], packages: {} },
  { name: 'Elasticsearch', images: ['elasticsearch'], programs: ['elasticsearch'], packages: {} },
  { name: 'OpenSearch', images: ['opensearch'], programs: ['opensearch'], packages: {} },
  { name: 'ClickHouse', images: ['clickhouse', 'clickhouse-server'], programs: ['clickhouse-server'], packages: {} },
  { name: 'Meilisearch', images: ['meilisearch'], programs: ['meilisearch'], packages: {} },
  { name: 'Kafka', images: ['kafka', 'cp-kafka'], programs: ['kafka-server-start.sh'], packages: {} },
];

/** The service that an image holds, by its name with or without registry, tag and digest. */
export function dataServiceOf(image: string): DataService | undefined {
  const name = image
    .split('/')
    .at(-1)
    ?.replace(/[:@].*$/s, '');
  return DATA_SERVICES.find(({ images }) => images.includes(name ?? ''));
}
