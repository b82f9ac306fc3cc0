import type { Lack } from './builder.ts';
import { dataServiceOf } from './data-services.ts';
import type { DataService } from './data-services.ts';
import type { RelevantFile, RepoFiles } from './requirement.ts';
import { printable } from './unknown-version.ts';
import { parseUntrustedYaml } from './untrusted-yaml.ts';

/** A data service that the repo's compose file starts. */
export interface ServiceRequirement {
  service: DataService;
  /** As in `PostgreSQL 16`: with the version, when the image's tag tells it. */
  what: string;
  /** As in `compose.yaml, service db`. */
  cause: string;
}

export interface ServiceFindings {
  services: ServiceRequirement[];
  /** Why the compose file tells nothing. */
  unreadable?: Lack;
}

/** Bytes. */
const LIMIT = 64 * 1024;
/** A status has room for no more. */
const MOST = 20;
const LONGEST_IMAGE = 512;

/** In the order of Compose, which takes the first. One byte more than may be shows that it is too large. */
export const COMPOSE_FILES: RelevantFile[] = [
  'compose.yaml',
  'compose.yml',
  'docker-compose.yml',
  'docker-compose.yaml',
].map((path) => ({ path, limit: LIMIT + 1, headOnly: true }));

/** Data services among the services of the compose file. Those that it builds are the repo's own and left out. Pure. */
export function detectServices(files: RepoFiles): ServiceFindings {
  const file = COMPOSE_FILES.map(({ path }) => path).find((path) => files.has(path));
  if (file === undefined) return { services: [] };
  try {
    const services = servicesIn(file, files.get(file) ?? '');
    return { services: services.slice(0, MOST) };
  } catch (error) {
    const [line = ''] = (error as Error).message.split('\n');
    const remedy = `correct it: ${printable(line).replace(/:$/, '')}`;
    return { services: [], unreadable: { what: 'the services of the compose file', cause: file, remedy } };
  }
}

function servicesIn(file: string, text: string): ServiceRequirement[] {
  if (Buffer.byteLength(text) > LIMIT) throw new Error(`it is larger than ${LIMIT / 1024} KiB`);
  const parsed = parseUntrustedYaml(text) ?? {};
  if (!isMap(parsed)) throw new Error('it is not an object with services');
  const services = parsed['services'] ?? {};
  if (!isMap(services)) throw new Error('its services are not an object');
  return Object.entries(services).flatMap(([name, service]) =>
    requirementOf(`${file}, service ${printable(name)}`, service),
  );
}

function requirementOf(cause: string, definition: unknown): ServiceRequirement[] {
  if (!isMap(definition) || definition['build'] != null) return [];
  const { image } = definition;
  if (typeof image !== 'string' || image.length > LONGEST_IMAGE) return [];
  const reference = withDefaults(image).trim();
  const service = dataServiceOf(reference);
  return service ? [{ service, what: [service.name, ...versionOf(reference)].join(' '), cause }] : [];
}

/** With what its variables stand for when nobody sets them, as in `${IMAGE:-postgres:16}`. */
function withDefaults(text: string): string {
  return text.replace(/\$\{\w+(?::?-([^{}]*))?[^{}]*\}|\$\w+/g, (_all, fallback: string | undefined) => fallback ?? '');
}

/** Of `postgres:16-alpine` 16, of `timescaledb:2.14.2-pg16` 16 as well. */
function versionOf(reference: string): string[] {
  const tag = /:([^/:@]+)(?:@|$)/.exec(reference)?.[1] ?? '';
  const version = /(?:^|-)pg(\d{1,2})\b/.exec(tag)?.[1] ?? /^v?(\d{1,4}(?:\.\d{1,4}){0,2})(?![.\d])/.exec(tag)?.[1];
  return version === undefined ? [] : [version];
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
