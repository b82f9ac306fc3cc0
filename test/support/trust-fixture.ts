import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import tls from 'node:tls';
import { trust } from '../../src/cli/dual/commands/trust.ts';
import type { TrustHost } from '../../src/cli/dual/trust/host.ts';
import type { Context } from '../../src/cli/shared/context.ts';
import { runWith } from '../../src/cli/shared/run-main.ts';
import { resolvePaths, type Paths } from '../../src/config/paths.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';

/** A machine's trust stores in a directory of their own, in the care of the programs that are in charge of the real ones. */
export interface TrustFixture {
  home: string;
  paths: Paths;
  clock: FakeClock;
  host: TrustHost;
  /** What Debian makes of all certificates of the system's. */
  bundle: string;
  /** `dual trust` of this instance, or of another one on the same machine. */
  trust(args?: { remove?: true; host?: Partial<TrustHost>; instance?: string }): Promise<TrustResult>;
  /** An empty database of certificates in that directory of the home. */
  database(dir: string): string;
  /** What is in that one: nicknames with flags. */
  nicknames(dir: string): string[];
  /** A program of that name, first in PATH. */
  program(name: string, script: string): void;
  /** A program of that name, first in the system's directories. */
  systemProgram(name: string, script: string): void;
  /** The first of the system's directories, empty at first. */
  systemDir: string;
  close(): void;
}

export interface TrustResult {
  code: number;
  stdout: string;
  stderr: string;
}

export function createTrustFixture(): TrustFixture {
  const root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'dual-')));
  const inRoot = (dir: string): string => {
    mkdirSync(path.join(root, dir), { recursive: true });
    return path.join(root, dir);
  };
  const home = inRoot('home');
  const bin = inRoot('bin');
  const systemDir = inRoot('system');
  const write = (dir: string, name: string, script: string): void => {
    writeFileSync(path.join(dir, name), `#!/bin/sh\n${script}\n`);
    chmodSync(path.join(dir, name), 0o755);
  };
  const clock = createFakeClock(Date.now());
  const certificates = inRoot('local');
  linkTools(inRoot('tools'));
  const host: TrustHost = {
    env: { PATH: `${bin}:${inRoot('tools')}`, HOME: home, TMPDIR: root },
    home,
    platform: 'linux',
    user: 'anna',
    hostname: 'laptop',
    isRoot: true,
    isInteractive: false,
    system: {
      programs: [systemDir, '/usr/sbin', '/usr/bin'],
      certificates,
      bundles: [path.join(inRoot('etc'), 'ca-certificates.crt')],
      updateOptions: updateOptions({
        certificates,
        etc: inRoot('etc'),
        shipped: inRoot('shipped'),
        hooks: inRoot('hooks'),
      }),
    },
  };

  return {
    home,
    paths: resolvePaths({ DUAL_HOME: path.join(root, 'one') }),
    clock,
    host,
    bundle: path.join(root, 'etc/ca-certificates.crt'),
    trust: ({ remove, host: changed = {}, instance = 'one' } = {}) => {
      const paths = resolvePaths({ DUAL_HOME: path.join(root, instance) });
      return inProcess({ clock, paths, home }, (context) =>
        trust(context, remove ? { remove } : {}, { ...host, ...changed }),
      );
    },
    database(dir) {
      const full = inRoot(path.join('home', dir));
      execFileSync('certutil', ['-N', '-d', `sql:${full}`, '--empty-password']);
      return full;
    },
    nicknames(dir) {
      const { stdout } = spawnSync('certutil', ['-L', '-d', `sql:${path.join(home, dir)}`], { encoding: 'utf8' });
      const lines = stdout.split('\n').slice(4);
      return lines.filter((line) => line.trim() !== '').map((line) => line.trim().replaceAll(/\s{2,}/g, ' '));
    },
    program: (name, script) => write(bin, name, script),
    systemProgram: (name, script) => write(systemDir, name, script),
    systemDir,
    close: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** What commands and update-ca-certificates need; not the browsers that this machine has. */
const TOOLS =
  'basename cat chmod find install ln mkdir mktemp mv openssl readlink rm run-parts sed sh sort tail tr uname wc'.split(
    ' ',
  );

function linkTools(dir: string): void {
  for (const tool of TOOLS) symlinkSync(path.join('/usr/bin', tool), path.join(dir, tool));
}

/** update-ca-certificates of Debian, about directories other than the system's. */
function updateOptions(places: { certificates: string; etc: string; shipped: string; hooks: string }): string[] {
  const conf = path.join(places.shipped, 'conf');
  writeFileSync(conf, 'public.crt\n');
  writeFileSync(path.join(places.shipped, 'public.crt'), `${tls.rootCertificates[0]}\n`);
  return [
    ...['--certsconf', conf, '--certsdir', places.shipped, '--localcertsdir', places.certificates],
    ...['--etccertsdir', places.etc, '--hooksdir', places.hooks],
  ];
}

async function inProcess(
  { clock, paths, home }: Pick<TrustFixture, 'clock' | 'paths' | 'home'>,
  main: (context: Context) => Promise<void>,
): Promise<TrustResult> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const written = Promise.all([text(stdout), text(stderr)]);
  const never = new AbortController().signal;
  const context: Context = {
    args: [],
    env: {},
    cwd: home,
    home,
    stdin: Readable.from([]),
    stdout,
    stderr,
    clock,
    paths,
    interruption: () => never,
  };
  const code = await runWith(context, main);
  stdout.end();
  stderr.end();
  const [out, err] = await written;
  return { code, stdout: out, stderr: err };
}
