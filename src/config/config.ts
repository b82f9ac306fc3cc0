import { readFileSync, realpathSync } from 'node:fs';
import { isIP } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { expandHome } from './paths.ts';
import type { Paths } from './paths.ts';

/** The daemon's config.yaml, complete. */
export interface Config {
  /** Where clones are made. Absolute. */
  workspaces: string;
  /** The watched directory. Absolute. */
  manifests: string;
  proxy: {
    /** Loopback addresses that the proxy listens on. */
    listen: string[];
  };
  builds: {
    /** How many images are built at a time. */
    max: number;
  };
}

const schema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    workspaces: { type: 'string', minLength: 1 },
    manifests: { type: 'string', minLength: 1 },
    proxy: {
      type: 'object',
      additionalProperties: false,
      properties: { listen: { type: 'array', minItems: 1, items: { type: 'string' } } },
    },
    builds: {
      type: 'object',
      additionalProperties: false,
      properties: { max: { type: 'integer', minimum: 1, maximum: 64 } },
    },
  },
};

interface ConfigFile {
  workspaces?: string;
  manifests?: string;
  proxy?: { listen?: string[] };
  builds?: { max?: number };
}

/** Reads config.yaml; a missing file is an empty one. @throws Error that names the file and the field */
export function loadConfig(paths: Paths, home = os.homedir()): Config {
  const file = readConfigFile(paths.config);
  const absolute = (value: string): string => path.resolve(path.dirname(paths.config), expandHome(value, home));
  const listen = file.proxy?.listen ?? ['127.0.0.1', '::1'];
  const bad = listen.find((address) => isIP(address) === 0);
  if (bad !== undefined) throw new Error(`${paths.config}: proxy.listen: "${bad}" is not an IP address`);
  const workspaces = file.workspaces ? absolute(file.workspaces) : paths.workspaces;
  const manifests = file.manifests ? absolute(file.manifests) : paths.manifests;
  if (paths.isolated) refuseHome('DUAL_HOME', path.dirname(paths.config), home);
  refuseHome(`${paths.config}: workspaces`, workspaces, home);
  refuseHome(`${paths.config}: manifests`, manifests, home);
  return {
    workspaces,
    manifests,
    proxy: { listen },
    builds: { max: file.builds?.max ?? 2 },
  };
}

/** These directories are Dual's own, with all that is in them: no machine sees them. */
function refuseHome(field: string, dir: string, home: string): void {
  if (!contains(realPath(dir), realPath(home))) return;
  throw new Error(`${field}: "${dir}" must be a directory of its own, since it is hidden from machines: not the home`);
}

function contains(dir: string, file: string): boolean {
  return file === dir || file.startsWith(dir.endsWith(path.sep) ? dir : `${dir}${path.sep}`);
}

/** As far as it is there. */
function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}

function readConfigFile(file: string): ConfigFile {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
  let content: unknown;
  try {
    content = parse(text, { maxAliasCount: 100 }) ?? {};
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
  }
  const validate = new Ajv({ allErrors: true }).compile(schema);
  if (validate(content)) return content as ConfigFile;
  const problems = (validate.errors ?? []).map((error) => {
    const field = [error.instancePath.slice(1).replaceAll('/', '.'), error.params['additionalProperty']];
    return `${field.filter(Boolean).join('.')}: ${error.message}`;
  });
  throw new Error(`${file}: ${problems.join('; ')}`);
}
