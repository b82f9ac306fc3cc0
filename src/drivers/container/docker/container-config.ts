import type { ContainerCreateOptions, HostConfig } from 'dockerode';
import { LABEL_INSTALL, LABEL_PROJECT, LABEL_UID, LABEL_WORKSPACE } from '../../../api/labels.ts';
import type { ContainerSpec } from '../driver.ts';
import type { HostTimeZone } from './host-time-zone.ts';
import { RUNTIME_DIR, SHARED_DIR } from './mounts.ts';
import type { MachineMounts } from './mounts.ts';
import { parseCpus, parseMemory } from '../resources.ts';

/** Of a container: which spec it was made from. */
export const LABEL_SPEC_HASH = 'dual.dev/spec-hash';

/** Name of the guest's socket in the directory that it shares with the host. */
export const SOCKET_NAME = 's';

/** Seconds between SIGTERM and SIGKILL. */
export const STOP_TIMEOUT = 5;

/** What the guest may do beyond an ordinary user: become the user that a command is for, and end what it started. */
const CAPABILITIES = ['CHOWN', 'FOWNER', 'SETUID', 'SETGID', 'KILL'];

/** Browsers fail with the engine's default of 64 MiB. Taken only when used, and counted as memory. */
const SHARED_MEMORY = 1024 ** 3;

export interface MachineContext {
  install: string;
  /** Dual's own, told by the guest in its handshake. */
  version: string;
  /** Flags of the guest's Node. */
  guestFlags: string[];
  mounts: MachineMounts;
  /** Of the host, where it has a name. */
  timeZone?: HostTimeZone | undefined;
}

/** The engine's form of a spec. Pure. */
export function containerConfig(spec: ContainerSpec, context: MachineContext): ContainerCreateOptions {
  return {
    name: spec.name,
    Image: spec.image,
    Hostname: spec.hostname,
    User: '0:0',
    WorkingDir: '/',
    Entrypoint: ['/bin/sh', `${RUNTIME_DIR}/init.sh`, `${RUNTIME_DIR}/guest`],
    Cmd: [...context.guestFlags, `${RUNTIME_DIR}/guest.cjs`],
    Env: environment(spec, context),
    Labels: {
      [LABEL_INSTALL]: context.install,
      [LABEL_UID]: spec.owner.uid,
      [LABEL_WORKSPACE]: spec.owner.workspace,
      [LABEL_PROJECT]: spec.owner.project,
      [LABEL_SPEC_HASH]: spec.specHash,
    },
    Tty: false,
    StopSignal: 'SIGTERM',
    StopTimeout: STOP_TIMEOUT,
    Healthcheck: { Test: ['NONE'] },
    HostConfig: hostConfig(spec, context.mounts),
  };
}

/** Would steer the init and the guest's own runtime too, or be taken for the engine's: told to the guest, for the commands alone. */
const STEERING = /^(?:(?:NODE_|LD_|DUAL_|UV_|OPENSSL_|BASH_).*|ENV|SHELLOPTS|BASHOPTS|HOSTNAME|container)$/;

function environment(spec: ContainerSpec, { version, timeZone }: MachineContext): string[] {
  const entries = Object.entries(spec.env);
  const env = Object.fromEntries(entries.filter(([name]) => STEERING.test(name)));
  const guest = { socket: `${SHARED_DIR}/${SOCKET_NAME}`, user: spec.user, version, env, image: { timeZone } };
  const common = entries.filter(([name]) => !STEERING.test(name));
  return [...common, ['DUAL_GUEST_CONFIG', JSON.stringify(guest)]].map(([name, value]) => `${name}=${value}`);
}

function hostConfig(spec: ContainerSpec, { mounts, tmpfs }: MachineMounts): HostConfig & { CgroupnsMode: string } {
  const { cpus, memory, pids } = spec.resources;
  return {
    // The machine has an init of its own, which does not bear the engine's name.
    Init: false,
    // The names of control groups tell of the engine.
    CgroupnsMode: 'private',
    Mounts: mounts,
    Tmpfs: tmpfs,
    NetworkMode: 'bridge',
    RestartPolicy: { Name: 'no' },
    CapDrop: ['ALL'],
    CapAdd: CAPABILITIES,
    SecurityOpt: ['no-new-privileges'],
    // Services listen on their usual ports, 80 and 443 among them, and ping works, all without capabilities.
    Sysctls: {
      'net.ipv4.ip_unprivileged_port_start': '0',
      'net.ipv4.ping_group_range': '0 2147483647',
      // Bridges without IPv6 switch ::1 off too, and dev servers that bind to it would not start.
      'net.ipv6.conf.all.disable_ipv6': '0',
    },
    PidsLimit: pids,
    ...(cpus !== undefined && { NanoCpus: parseCpus(cpus) }),
    ...(memory !== undefined && { Memory: parseMemory(memory) }),
    ShmSize: SHARED_MEMORY,
    LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '2' } },
  };
}
