import { createHash } from 'node:crypto';
import type { PaneState, Session } from '../driver.ts';

/** Options of a session and of a pane that say whose it is. Their values are URI-encoded, so that a line of them can be told apart. */
export const OPTION = {
  install: '@dual_install',
  name: '@dual_name',
  uid: '@dual_uid',
  workspace: '@dual_workspace',
  project: '@dual_project',
  cwd: '@dual_cwd',
  spec: '@dual_spec',
  pane: '@dual_pane',
  target: '@dual_target',
  paneSpec: '@dual_pane_spec',
  restarts: '@dual_restarts',
} as const;

const FIELDS = [
  'session_id',
  OPTION.install,
  OPTION.name,
  OPTION.uid,
  OPTION.workspace,
  OPTION.project,
  OPTION.cwd,
  OPTION.spec,
  'pane_id',
  'window_id',
  'pane_tty',
  OPTION.pane,
  OPTION.target,
  OPTION.paneSpec,
  OPTION.restarts,
  'pane_dead',
  'pane_dead_status',
  'pane_dead_signal',
  'pane_dead_time',
] as const;

/** tmux's ids, which are never used again while a server lives, besides what the driver tells. */
export interface TmuxPane extends PaneState {
  id: string;
  window: string;
  /** As in `/dev/pts/3`. Somebody else may have it when the pane has ended. */
  tty: string;
}

export interface TmuxSession extends Session {
  id: string;
  cwd: string;
  panes: TmuxPane[];
  /** Panes that a person has opened in it. */
  others: Pick<TmuxPane, 'id' | 'window' | 'tty' | 'running'>[];
}

/** Everything about all sessions, and about the terminals attached to them, in one go. */
export const LIST_COMMANDS: readonly (readonly string[])[] = [
  ['list-panes', '-a', '-F', `p|${FIELDS.map((field) => `#{${field}}`).join('|')}`],
  ['list-clients', '-F', 'c|#{session_id}|#{client_control_mode}'],
];

/** Sessions of that install alone. */
export function parseSessions(output: string, install: string): TmuxSession[] {
  const sessions = new Map<string, TmuxSession>();
  for (const line of output.split('\n')) {
    if (line.startsWith('p|')) readPane(line.slice(2), install, sessions);
    if (line.startsWith('c|')) readClient(line.slice(2), sessions);
  }
  return [...sessions.values()];
}

function readPane(line: string, install: string, sessions: Map<string, TmuxSession>): void {
  const field = fieldsOf(line);
  if (field(OPTION.install) !== install) return;
  const id = field('session_id');
  const session = sessions.get(id) ?? {
    id,
    cwd: field(OPTION.cwd),
    name: field(OPTION.name),
    owner: { uid: field(OPTION.uid), workspace: field(OPTION.workspace), project: field(OPTION.project) },
    specHash: field(OPTION.spec),
    attached: 0,
    panes: [],
    others: [],
  };
  sessions.set(id, session);
  const pane = {
    id: field('pane_id'),
    window: field('window_id'),
    tty: field('pane_tty'),
    running: field('pane_dead') !== '1',
  };
  if (field(OPTION.pane) === '') session.others.push(pane);
  else session.panes.push({ ...pane, ...paneState(field) });
}

function paneState(field: ReturnType<typeof fieldsOf>): PaneState {
  const running = field('pane_dead') !== '1';
  const [status, signal, time] = [field('pane_dead_status'), field('pane_dead_signal'), field('pane_dead_time')];
  const exitCode = signal !== '' ? 128 + Number(signal) : Number(status);
  return {
    name: field(OPTION.pane),
    running,
    ...(running || (status === '' && signal === '') ? {} : { exitCode }),
    ...(running || time === '' ? {} : { endedAt: Number(time) * 1000 }),
    target: field(OPTION.target),
    specHash: field(OPTION.paneSpec),
    restarts: Number(field(OPTION.restarts)),
  };
}

/** Control clients are programs that listen, not somebody's terminal. */
function readClient(line: string, sessions: Map<string, TmuxSession>): void {
  const [id = '', control] = line.split('|');
  const session = sessions.get(id);
  if (session && control !== '1') session.attached += 1;
}

function fieldsOf(line: string): (name: (typeof FIELDS)[number]) => string {
  const values = line.split('|');
  return (name) => {
    const value = values[FIELDS.indexOf(name)] ?? '';
    return name.startsWith('@') ? decodeURIComponent(value) : value;
  };
}

export function encoded(value: string): string {
  return encodeURIComponent(value);
}

/** tmux takes `.` and `:` for parts of a target, and more characters have a meaning somewhere: those names are made plain and told apart by a hash. */
export function tmuxName(name: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9_-]*$/.test(name)) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 6);
  return `${name.replace(/[^A-Za-z0-9_-]/g, '_').replace(/^(-|$)/, '_')}-${hash}`;
}
