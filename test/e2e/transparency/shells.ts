import os from 'node:os';
import path from 'node:path';
import { packageRoot } from '../../../src/config/package-root.ts';
import type { Shell } from './run-probe.ts';

/** Start-up files and the like by which Dual gets into shells, and where it keeps what was there before. */
const HOOKS = ['BASH_ENV', 'ENV', 'ZDOTDIR', 'XDG_DATA_DIRS'];
const keptBy = (name: string): string => `DUAL_${name}`;
const OF_DUAL = new RegExp(`^(?:DUAL_.*|PERL_BADLANG|SHLVL|${HOOKS.join('|')})$`);

/** The two shells that are compared. They differ in what routes commands, and in nothing else. */
export interface Shells {
  plain: Shell;
  routed: Shell;
}

/**
 * `home`: the instance's; what lies below it is Dual's. What the two shells have beside that is little and known, whatever the tests
 * were started with. `HOST_PATH` is for probes that set PATH, as start-up files do.
 */
export function shellsOf(pane: Shell, home: string): Shells {
  const { username, homedir } = os.userInfo();
  const isOfDual = (dir: string): boolean => [home, packageRoot()].some((root) => dir.startsWith(root + path.sep));
  const dirs = (pane.env['PATH'] ?? '').split(path.delimiter);
  // The Node that the repo asks for has to be the one of the plain shell too.
  const ofHost = [path.dirname(process.execPath), ...dirs.filter((dir) => !isOfDual(dir))];
  const HOST_PATH = ofHost.join(path.delimiter);
  const common = {
    HOME: homedir,
    USER: username,
    LOGNAME: username,
    SHELL: '/bin/bash',
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
    SHLVL: '1',
    HOST_PATH,
    ...pick(pane.env, ([name]) => name === 'TMPDIR'),
  };
  const before = HOOKS.map((name) => [name, pane.env[keptBy(name)]] as const);
  const plain = { ...common, ...pick(Object.fromEntries(before), () => true), PATH: HOST_PATH };
  const hooks = pick(pane.env, ([name]) => OF_DUAL.test(name));
  const PATH = [...dirs.filter(isOfDual), ...ofHost].join(path.delimiter);
  return { plain: { env: plain, cwd: pane.cwd }, routed: { env: { ...common, ...hooks, PATH }, cwd: pane.cwd } };
}

/** Those entries, less what is not set. */
function pick(
  env: Readonly<Record<string, string | undefined>>,
  wanted: (entry: [string, string]) => boolean,
): Record<string, string> {
  const set = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(set.filter(wanted));
}
