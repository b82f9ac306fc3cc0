import { readFile, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { KubeObject } from '../../../api/meta.ts';
import { formatManifestError, loadManifest } from '../../../manifests/load.ts';
import type { Context } from '../../shared/context.ts';
import { CliError } from '../../shared/errors.ts';
import { resourceOf } from './reference.ts';
import type { Target } from './resource-args.ts';

export interface FileOptions {
  filename?: string[];
  recursive?: boolean;
}

export interface LoadedFiles {
  /** Projects first, since Workspaces name them; otherwise in the order of the files. */
  objects: LoadedObject[];
  errors: Error[];
}

export interface LoadedObject {
  object: KubeObject;
  /** The file it came from, for messages. */
  source: string;
}

const MANIFEST = /\.(ya?ml|json)$/;

/** Reads `-f FILE|DIR|-`, as often as it was given. A file that cannot be used is among the errors, the others are read on. */
export async function loadFiles(context: Context, options: FileOptions): Promise<LoadedFiles> {
  const loaded: LoadedFiles = { objects: [], errors: [] };
  for (const name of options.filename ?? []) {
    for (const file of await manifestFiles(context, name, options.recursive === true)) {
      await loadFile(context, file, loaded);
    }
  }
  if (loaded.objects.length === 0 && loaded.errors.length === 0) throw new CliError('no objects passed to dualctl');
  loaded.objects.sort((a, b) => rank(a.object) - rank(b.object));
  return loaded;
}

/** The objects that files name, as targets to look up. @throws AggregateError when one cannot be read */
export async function fileTargets(context: Context, options: FileOptions): Promise<Target[]> {
  const { objects, errors } = await loadFiles(context, options);
  if (errors.length > 0) throw new AggregateError(errors);
  return objects.map(({ object, source }) => {
    const resource = resourceOf(object);
    if (resource) return { resource, names: [object.metadata.name] };
    throw new CliError(`${source}: no matches for kind "${object.kind}" in version "${object.apiVersion}"`);
  });
}

function rank(object: KubeObject): number {
  return object.kind === 'Project' ? 0 : 1;
}

async function manifestFiles(context: Context, name: string, recursive: boolean): Promise<string[]> {
  if (name === '-') return [name];
  if (/^https?:\/\//.test(name)) throw new CliError(`URLs are not read: download ${name} and look at it first`);
  const file = path.resolve(context.cwd, name);
  const stats = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new CliError(`the path "${name}" does not exist`);
    throw error;
  });
  if (!stats.isDirectory()) return [file];
  const entries = await readdir(file, { recursive, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory() && MANIFEST.test(entry.name));
  if (files.length === 0)
    throw new CliError(`error reading [${name}]: recognized file extensions are [.json .yaml .yml]`);
  return files.map((entry) => path.join(entry.parentPath, entry.name)).sort();
}

async function loadFile(context: Context, file: string, loaded: LoadedFiles): Promise<void> {
  const source = file === '-' ? 'STDIN' : path.relative(context.cwd, file) || file;
  const content = file === '-' ? await text(context.stdin) : await readFile(file, 'utf8');
  // Paths in a manifest are relative to its file; those of standard input to the current directory.
  const { documents, errors } = loadManifest(content, { file: path.resolve(context.cwd, source), home: context.home });
  loaded.objects.push(...documents.map(({ object }) => ({ object, source })));
  loaded.errors.push(...errors.map((error) => new CliError(formatManifestError({ ...error, file: source }))));
}
