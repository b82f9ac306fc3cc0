// Installs node_modules when they are missing or differ from package-lock.json. Plain Node: it runs before there is anything else.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');

/** Gives whether everything is installed and loads; says on standard error what to do when not. */
export function ensureDependencies() {
  if (!isInstalled() && !npm('ci', '--no-audit', '--no-fund', '--loglevel=error')) {
    return failed('npm ci failed');
  }
  if (!nativeModulesLoad()) {
    npm('rebuild', 'better-sqlite3');
    if (!nativeModulesLoad()) return failed('the native part of better-sqlite3 does not load');
  }
  return true;
}

function failed(what) {
  console.error(
    `${what}. Where no ready-made binary can be fetched it is compiled, which needs python3, make and a C++ compiler ` +
      '(on Debian or Ubuntu: apt-get install -y python3 make g++).',
  );
  return false;
}

/** Whether node_modules holds the versions of the lock file. npm keeps a lock file of its own in there to tell. */
function isInstalled() {
  const installed = packagesOf(path.join(root, 'node_modules/.package-lock.json'));
  if (!installed) return false;
  const wanted = Object.entries(packagesOf(path.join(root, 'package-lock.json')) ?? {});
  return wanted.every(
    ([name, { version, optional }]) => name === '' || optional || installed[name]?.version === version,
  );
}

function packagesOf(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : undefined;
}

function nativeModulesLoad() {
  const script = "const S = require('better-sqlite3'); new S(':memory:').close()";
  return spawnSync(process.execPath, ['-e', script], { cwd: root }).status === 0;
}

function npm(...args) {
  console.error(`npm ${args.join(' ')}`);
  const { status } = spawnSync('npm', args, { cwd: root, env: withNodeHeaders(process.env), stdio: ['ignore', 2, 2] });
  return status === 0;
}

/** Lets node-gyp compile against the headers that came with this Node, where they did, instead of fetching some. */
function withNodeHeaders(env) {
  const prefix = path.resolve(process.execPath, '../..');
  const there = existsSync(path.join(prefix, 'include/node/node.h'));
  return there && !env.npm_config_nodedir ? { ...env, npm_config_nodedir: prefix } : env;
}

/** The executable of an installed package, to be run by this Node. */
export function binary(name, command = name) {
  const require = createRequire(path.join(root, 'package.json'));
  const file = path.join(root, 'node_modules', name, 'package.json');
  const { bin } = require(file);
  return path.join(path.dirname(file), typeof bin === 'string' ? bin : bin[command]);
}
