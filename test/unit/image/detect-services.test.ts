import { describe, expect, it } from 'vitest';
import { detectServices } from '../../../src/image/detect-services.ts';
import { lackingInImage } from '../../../src/image/image-lacks.ts';

const found = (text: string, file = 'compose.yaml'): [string, string][] =>
  detectServices(new Map([[file, text]])).services.map(({ what, cause }) => [what, cause]);

const image = (name: string): string => JSON.stringify({ services: { db: { image: name } } });

describe('detecting data services', () => {
  it.each([
    ['postgres', 'PostgreSQL'],
    ['postgres:16-alpine', 'PostgreSQL 16'],
    ['docker.io/library/postgres:15.4@sha256:00ff', 'PostgreSQL 15.4'],
    ['localhost:5000/bitnami/postgresql', 'PostgreSQL'],
    ['postgis/postgis:16-3.4', 'PostgreSQL with PostGIS 16'],
    ['timescale/timescaledb:2.14.2-pg16', 'PostgreSQL with TimescaleDB 16'],
    ['${DB_IMAGE:-postgres:14}', 'PostgreSQL 14'],
    ['redis:${REDIS:-7.2}', 'Redis 7.2'],
    ['redis:$REDIS', 'Redis'],
    ['valkey/valkey:8', 'Redis 8'],
    ['mysql:8.0.36', 'MySQL 8.0.36'],
    ['mariadb:lts', 'MariaDB'],
    ['mongo:7', 'MongoDB 7'],
    ['quay.io/minio/minio:RELEASE.2024-01-01T00-00-00Z', 'MinIO'],
    ['axllent/mailpit', 'Mailpit'],
    ['docker.elastic.co/elasticsearch/elasticsearch:8.13.0', 'Elasticsearch 8.13.0'],
  ])('knows %s', (name, what) => {
    expect(found(image(name))).toEqual([[what, 'compose.yaml, service db']]);
  });

  it.each(['nginx', 'prom/mysqld-exporter', 'postgres-backup', '${IMAGE}', '', 'constructor', 'x'.repeat(100_000)])(
    'passes over %s',
    (name) => expect(found(image(name.slice(0, 60_000)))).toEqual([]),
  );

  it('leaves out what the repo builds itself, and takes what is merged in', () => {
    const text = `
x-database: &database
  image: postgres:16
services:
  own: {image: redis, build: .}
  main:
    <<: *database
    ports: ["5432:5432"]
  odd: [1]
  none:
`;
    expect(found(text)).toEqual([['PostgreSQL 16', 'compose.yaml, service main']]);
  });

  it('reads the file that Compose would take', () => {
    const files = new Map([
      ['docker-compose.yml', image('redis')],
      ['compose.yml', image('mongo')],
    ]);
    expect(detectServices(files).services.map(({ cause }) => cause)).toEqual(['compose.yml, service db']);
    expect(found(image('redis'), 'docker-compose.yaml')).toHaveLength(1);
    expect(found('')).toEqual([]);
    expect(found('name: app\n')).toEqual([]);
  });

  it('has room for no more than twenty, and shortens their names', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`db${index}`, { image: 'redis' }]));
    expect(found(JSON.stringify({ services: many }))).toHaveLength(20);
    const [[, cause] = []] = found(JSON.stringify({ services: { ['\u001b[31m\n'.repeat(99)]: { image: 'redis' } } }));
    expect(cause).toMatch(/^compose\.yaml, service [\x20-\x7e]{1,63}$/);
  });

  const half = 32 * 1024;
  it.each<[string, string]>([
    ['what is no YAML', 'services: {db: '],
    ['what is no object', '- services'],
    ['services that are none', 'services: [postgres]'],
    ['two documents', 'services: {}\n---\nservices: {}\n'],
    ['what is too large', `services: {}\n${'#'.repeat(3 * half)}`],
    [
      'aliases that multiply',
      `a: &a [x,x]\n${[...'bcdefgh'].map((name, index) => `${name}: &${name} [${`*${'abcdefg'[index]},`.repeat(9)}]\n`).join('')}`,
    ],
    ['an alias of nothing', 'services: *none'],
    ...['[', '{', '- ', '? ', 'a: ', '- !a ', '- &a ', '[a: ', '{? ', '[]: ', '!a ', '[${', '"[" : [', '- - {'].map(
      (piece): [string, string] => [`${JSON.stringify(piece)} again and again`, piece.repeat(half / piece.length)],
    ),
    ['ever deeper blocks', Array.from({ length: 300 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
  ])('says of %s that it cannot be read, in short printable text', (_what, text) => {
    const { services, unreadable } = detectServices(new Map([['compose.yaml', text]]));
    expect(services).toEqual([]);
    expect(unreadable).toMatchObject({ cause: 'compose.yaml' });
    expect(unreadable?.remedy).toMatch(/^correct it: [\x20-\x7e]{5,70}$/);
  });

  it('stops at many tags before the parser, which would take long over them', () => {
    const { unreadable } = detectServices(new Map([['compose.yaml', '!a '.repeat(1000)]]));
    expect(unreadable?.remedy).toContain('tags and anchors');
  });

  it('reads long and deep files that people write', () => {
    const environment = Array.from({ length: 300 }, (_, index) => `      - NAME_${index}=\${NAME_${index}:-[value]}`);
    const command = "    command: >\n      sh -c 'echo [ {{ {{ {{ ; sleep 1'\n";
    const text = `services:\n  db:\n    image: redis\n${command}    environment:\n${environment.join('\n')}\n`;
    expect(found(text)).toEqual([['Redis', 'compose.yaml, service db']]);
  });
});

describe('what an image lacks', () => {
  const lacks = (name: string, packages: string[] = []): unknown =>
    lackingInImage(detectServices(new Map([['compose.yaml', image(name)]])), packages).map(({ remedy }) => remedy);

  it('are services: by packages that can be added, are there, or do not exist', () => {
    expect(lacks('postgres')).toEqual([
      'add it, as in `packages: [postgresql]` under spec.image, and start it in a pane',
    ]);
    expect(lacks('postgres', ['jq', 'postgresql-16=16.1'])).toEqual([
      'it is in spec.image.packages, and not started: start it in a pane',
    ]);
    expect(lacks('mongo')).toEqual([expect.stringMatching(/^Debian has no package of it/)]);
    expect(lacks('nginx')).toEqual([]);
    expect(lackingInImage(detectServices(new Map([['compose.yaml', '[']])), [])).toHaveLength(1);
  });
});
