import { readFile } from 'node:fs/promises';
import path from 'node:path';
import semver from 'semver';
import type { BuildOptions, Tool } from './builder.ts';
import type { ContextEntry } from './context.ts';
import { npmPackage } from './npm-package.ts';
import type { NpmOptions } from './npm-cli.ts';
import { packageName } from './resolve.ts';
import type { Architecture } from './resolve.ts';

/** toolFiles of all of them, in their order. */
export async function fetchTools(
  tools: Tool[],
  architecture: Architecture,
  options: NpmOptions & Pick<BuildOptions, 'onProgress'>,
): Promise<ContextEntry[][]> {
  const wanted = tools.map((tool) => `${tool.name} ${tool.version}`);
  if (wanted.length > 0) options.onProgress(`fetching ${wanted.join(', ')}`);
  return Promise.all(tools.map((tool) => toolFiles(tool, architecture, options)));
}

/** What goes to /usr/local for a tool, under a directory of the build context with the tool's name. Fetches what is missing. */
async function toolFiles(tool: Tool, architecture: Architecture, options: NpmOptions): Promise<ContextEntry[]> {
  const name = packageName(tool.name, tool.version, architecture);
  const dir = await npmPackage(name, tool.version, options);
  if (tool.name === 'node') return [{ kind: 'tree', root: dir, entries: ['bin/node'], to: tool.name }];
  const native = tool.name === 'pnpm' && semver.major(tool.version) >= FIRST_NATIVE_PNPM;
  return native ? nativePnpm(tool, dir, architecture, options) : globalPackage(tool, name, dir);
}

/** Laid out as `npm install --global` does it. */
async function globalPackage(tool: Tool, name: string, dir: string): Promise<ContextEntry[]> {
  const commands = await binariesOf(dir);
  const executable = new Set(commands.map(([, target]) => target));
  return [
    { kind: 'tree', root: dir, to: `${tool.name}/lib/node_modules/${name}`, executable },
    ...commands.map(([command, target]) => link(tool, command, `${name}/${target}`)),
  ];
}

const FIRST_NATIVE_PNPM = 12;

/**
 * From this one on pnpm is a program for each platform in a package of its own, which npm's install script puts in the place of the
 * commands. It tells by the file's name which of them it is.
 */
async function nativePnpm(
  tool: Tool,
  dir: string,
  architecture: Architecture,
  options: NpmOptions,
): Promise<ContextEntry[]> {
  const program = await npmPackage(`@pnpm/exe.linux-${architecture}`, tool.version, options);
  const commands = (await binariesOf(dir)).map(([command]) => command);
  const to = `${tool.name}/lib/node_modules/pnpm`;
  const others = commands.filter((command) => command !== 'pnpm');
  return [
    { kind: 'tree', root: dir, to, without: new Set(commands) },
    { kind: 'tree', root: program, entries: ['pnpm'], to, executable: new Set(['pnpm']) },
    ...others.map((command) => ({ kind: 'hardlink', path: `${to}/${command}`, target: `${to}/pnpm` }) as const),
    ...commands.map((command) => link(tool, command, `pnpm/${command}`)),
  ];
}

function link(tool: Tool, command: string, target: string): ContextEntry {
  return { kind: 'symlink', path: `${tool.name}/bin/${command}`, target: `../lib/node_modules/${target}` };
}

/** The package's commands and the files behind them, relative to the package. */
async function binariesOf(dir: string): Promise<[command: string, target: string][]> {
  const { bin = {} } = JSON.parse(await readFile(path.join(dir, 'package.json'), 'utf8')) as {
    bin?: Record<string, string>;
  };
  return Object.entries(bin).map(([command, target]) => [command, path.posix.normalize(target)]);
}
