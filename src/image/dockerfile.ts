import { REASON } from '../api/conditions.ts';
import { StalledError } from '../errors/reconcile-errors.ts';
import type { ImagePlan } from './builder.ts';
import { quoted } from './unknown-version.ts';

/** Goes up whenever the generated Dockerfile means something else: all images are then made anew. */
export const GENERATOR_VERSION = 3;

export interface Instruction {
  /** One Dockerfile instruction. */
  text: string;
  /** What it does, for people, as in `installing pnpm 9.15.4`. */
  title: string;
  /** Whether it is the same for every project on this base, whatever tools they use. */
  common: boolean;
}

/** Directories of the build context. */
export const CERTIFICATES_DIR = 'certificates';
/** Of the build context: the same certificates in one file. */
export const CERTIFICATES_FILE = 'extra-ca-certificates.pem';

/** What every machine has: what is used all day where nobody thinks of installing it, and the libraries that Node is linked to. */
const PACKAGES = [
  ...['ca-certificates', 'curl', 'git', 'make', 'wget'],
  // ps, pkill; fuser, killall, pstree; lsof; ss, ip; netstat.
  ...['procps', 'psmisc', 'lsof', 'iproute2', 'net-tools'],
  // Names of services, and of time zones.
  ...['netbase', 'tzdata'],
  ...['libatomic1', 'libstdc++6'],
];

/** In the image: the extra certificates alone, since Node reads them at every start; and the system's whole bundle. */
const EXTRA = `/etc/ssl/${CERTIFICATES_FILE}`;
const BUNDLE = '/etc/ssl/certs/ca-certificates.crt';

/**
 * pnpm wants its store on the file system of the worktree, which is a mount of its own, and would put it into the repo, where git
 * sees it. Writable for everybody, since the user is not known when the image is made.
 */
const PNPM_STORE = 'ENV npm_config_store_dir=/var/tmp/pnpm-store';

type Inputs = Pick<ImagePlan, 'base' | 'packages' | 'setup' | 'tools'>;

/** What makes the image, what changes least first. Pure. @throws StalledError BuildFailed for a name that cannot be one */
export function instructions(plan: Inputs, options: { certificates: boolean }): Instruction[] {
  return [
    common('starting', `FROM ${imageName(plan.base)}`),
    common('becoming root', 'USER root'),
    ...(options.certificates ? certificates() : []),
    common('installing system packages', install(PACKAGES, options.certificates)),
    common('setting the locale', 'ENV LANG=C.UTF-8'),
    ...plan.tools.map((tool) => own(`installing ${tool.name} ${tool.version}`, `COPY ${tool.name}/ /usr/local/`)),
    ...(plan.tools.some(({ name }) => name === 'pnpm') ? [own('setting the package store', PNPM_STORE)] : []),
    ...packages(plan.packages),
    ...plan.setup.map((command, index) => own(`running setup step ${index + 1}`, run(command))),
  ];
}

/** The Dockerfile's text, with a comment on what each part is for. */
export function renderDockerfile(plan: Instruction[]): string {
  const parts = plan.map(({ title, text }) => `# ${title}\n${text}\n`);
  return `# Made by Dual from what the repo asks for.\n\n${parts.join('\n')}`;
}

function certificates(): Instruction[] {
  // A base without ca-certificates has no bundle yet, and apt needs one where the mirror is reached by TLS; the package replaces it.
  const trust = [
    'if command -v update-ca-certificates >/dev/null; then update-ca-certificates;',
    `else mkdir -p /etc/ssl/certs && cat ${EXTRA} >>${BUNDLE}; fi`,
  ].join(' ');
  const env = { NODE_EXTRA_CA_CERTS: EXTRA, SSL_CERT_FILE: BUNDLE, REQUESTS_CA_BUNDLE: BUNDLE, PIP_CERT: BUNDLE };
  return [
    common('adding certificates', `COPY ${CERTIFICATES_DIR}/ /usr/local/share/ca-certificates/`),
    common('adding certificates', `COPY ${CERTIFICATES_FILE} ${EXTRA}`),
    common('trusting certificates', `RUN ${trust}`),
    common(
      'trusting certificates',
      `ENV ${Object.entries(env)
        .map(([name, value]) => `${name}=${value}`)
        .join(' ')}`,
    ),
  ];
}

function packages(names: string[]): Instruction[] {
  if (names.length === 0) return [];
  return [own(`installing ${names.join(' ')}`.slice(0, 80), install(names.map(packageName), false))];
}

function install(names: string[], refreshCertificates: boolean): string {
  return [
    'RUN apt-get update',
    `DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends -- ${names.join(' ')}`,
    ...(refreshCertificates ? ['update-ca-certificates'] : []),
    'apt-get clean',
    'rm -rf /var/lib/apt/lists/*',
  ].join(' \\\n && ');
}

/** As an argument array: whatever the command holds, the Dockerfile's own syntax does not apply to it. */
function run(command: string): string {
  return `RUN ${JSON.stringify(['/bin/sh', '-c', command])}`;
}

function imageName(text: string): string {
  if (/^[a-z0-9][a-zA-Z0-9._/:@-]{0,254}$/.test(text)) return text;
  throw new StalledError(REASON.buildFailed, `spec.image.base: ${quoted(text)} is no image name`);
}

function packageName(text: string): string {
  if (/^[a-z0-9][a-z0-9.+-]+(=[A-Za-z0-9.+:~-]+)?$/.test(text)) return text;
  throw new StalledError(REASON.buildFailed, `spec.image.packages: ${quoted(text)} is no Debian package name`);
}

function common(title: string, text: string): Instruction {
  return { title, text, common: true };
}

function own(title: string, text: string): Instruction {
  return { title, text, common: false };
}
