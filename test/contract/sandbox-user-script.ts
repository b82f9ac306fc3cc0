import { existsSync, lstatSync } from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { execa } from 'execa';
import type { Container, ContainerSpec } from '../../src/drivers/container/driver.ts';
import { createSandboxDriver } from '../../src/drivers/container/sandbox/sandbox-driver.ts';
import { KEYCTL } from '../../src/drivers/container/sandbox/keyring.ts';
import { containerSpecHash } from '../../src/drivers/container/spec-hash.ts';
import { execInGuest } from '../../src/guest/exec-client.ts';
import { GUEST_NODE_FLAGS } from '../../src/guest/flags.ts';
import { silentLog } from '../../src/log/log.ts';
import { eventually } from '../support/eventually.ts';
import { mountsBelow, ownNamespaces, processesIn } from '../support/namespaces.ts';
import { pidOf } from './sandbox-pids.ts';
import { lookAround, NODE } from './sandbox-inside.ts';
import type { Report, Targets } from './sandbox-inside.ts';

/** What an ordinary user sees who makes a sandbox; printed as JSON. */
export interface UserReport {
  available: boolean;
  notices: string[];
  /** Of the command `id`, `whoami` and the capabilities. */
  identity: string;
  inside: Report;
  tool: string;
  /** The same by a login shell, whose start-up files set a PATH of their own. */
  loginTool: string;
  /** Whether /usr/local inside is a mount over the host's. */
  overlaid: boolean;
  /** What answers there of the host's own programs. */
  hostPrograms: string;
  /** Of the key `dual-test`, whether it is found: by the user's programs, and by those inside. */
  keys: { outside: string; inside: string };
  restarted: boolean;
  /** What answers when it is stopped and started after its commands have shut the directory of its socket. */
  reopened: string;
  exitCode: number | undefined;
  /** Processes, mounts and entries that are left when it has been removed. */
  left: (number | string)[];
}

/** As JSON in the first argument. */
export interface UserScriptInput {
  /** A directory of the user's, with `state`, `worktree`, `tools` and `guest`. */
  root: string;
  targets: Targets;
}

const [keyctl, SEARCH, SESSION] = [KEYCTL[process.arch] ?? -1, 10, -3];
const findKey = [
  'perl',
  '-e',
  `my ($type, $name) = ("user", "dual-test"); print syscall(${keyctl}, ${SEARCH}, ${SESSION}, $type, $name, 0) < 0 ? "none" : "found"`,
];

const { root, targets } = JSON.parse(process.argv[2] ?? '') as UserScriptInput;
const dir = path.join(root, 'state/sandboxes');
const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
const driver = createSandboxDriver({
  dir,
  install: 'user-test',
  guestRuntime: () => Promise.resolve(path.join(root, 'guest')),
  guestFlags: [...GUEST_NODE_FLAGS],
  version: '0.0.0-test',
  env: () => Promise.resolve({ PATH: '/usr/bin:/bin', HOME: root }),
  masked: [{ path: path.join(root, 'state') }],
  network: {
    find: () => Promise.resolve({ notice: 'outgoing network: none in this test' }),
    detach: () => Promise.resolve(),
  },
  limits: { grant: () => Promise.resolve({ notices: [] }), release: () => Promise.resolve() },
  log: silentLog,
});

function identityOf(dir: string): string {
  const { dev, ino } = lstatSync(dir, { bigint: true });
  return `${dev}:${ino}`;
}

function machineSpec(): ContainerSpec {
  const spec = {
    owner: { uid: 'a-users-own', workspace: 'own', project: 'contract' },
    name: 'dual-own',
    hostname: 'workstation',
    image: path.join(root, 'tools'),
    worktree: path.join(root, 'worktree'),
    worktreeIdentity: identityOf(path.join(root, 'worktree')),
    mounts: [{ path: root, readOnly: true }],
    tmp: 'shared' as const,
    env: {},
    resources: { pids: 200 },
    user: { uid, gid, name: 'alex', home: root },
    guestDir: path.join(root, 'g'),
  };
  return { ...spec, specHash: containerSpecHash(spec) };
}

async function inside(machine: Container, ...argv: string[]): Promise<string> {
  const stdout = new PassThrough();
  const output = text(stdout);
  const request = { argv, cwd: path.join(root, 'worktree'), env: {}, umask: 0o022 };
  await eventually(() => execInGuest(machine.guest, request, { stdout, stderr: new PassThrough().resume() }));
  stdout.end();
  return output;
}

async function main(): Promise<UserReport> {
  const spec = machineSpec();
  const { available } = await driver.probe();
  const made = await driver.ensure(spec);
  const identity = await inside(
    made,
    'sh',
    '-c',
    'id -u; id -g; id -un; grep CapEff /proc/self/status; touch made-inside',
  );
  const report = JSON.parse(await inside(made, ...NODE, lookAround(targets))) as Report;
  const keys = { outside: (await execa('perl', findKey.slice(1))).stdout, inside: await inside(made, ...findKey) };
  const tool = await inside(made, 'a-tool');
  const loginTool = await inside(made, 'sh', '-l', '-c', 'a-tool');
  const overlaid = (await inside(made, 'grep', ' /usr/local .* overlay ', '/proc/self/mountinfo')) !== '';
  const found = 'cd /usr/local/bin && for name in *; do [ "$name" = a-tool ] || [ ! -x "$name" ] || echo "$name"; done';
  const hostPrograms = await inside(made, 'sh', '-c', found);
  process.kill(pidOf(dir, made, 'run'), 'SIGKILL');
  const dead = await eventually(async () => {
    const seen = await driver.inspect(spec.owner.uid);
    if (seen?.running !== false) throw new Error('it still runs');
    return seen;
  });
  const again = await driver.ensure(spec);
  const restarted = (await inside(again, 'echo', 'alive')) === 'alive\n';
  const shut = 'mkdir -p /var/tmp/a/b; chmod 0 /var/tmp/a; cd /run/dual/s && rm s && mkdir -p s/x && chmod 0 s .';
  await inside(again, 'sh', '-c', shut);
  await driver.stop(spec.owner.uid);
  const third = await driver.ensure(spec);
  const reopened = await inside(third, 'echo', 'open again');
  await inside(third, 'sh', '-c', shut);
  const namespaces = ownNamespaces(pidOf(dir, third, 'init'));
  await driver.remove(spec.owner.uid);
  const left = [...processesIn(namespaces), ...mountsBelow(root), ...(await driver.list()).map(({ name }) => name)];
  if (existsSync(spec.guestDir)) left.push(spec.guestDir);
  const tools = { tool, loginTool, overlaid, hostPrograms };
  const { notices } = made;
  return {
    available,
    notices,
    identity,
    inside: report,
    ...tools,
    keys,
    restarted,
    reopened,
    exitCode: dead.exitCode,
    left,
  };
}

process.stdout.write(JSON.stringify(await main()));
