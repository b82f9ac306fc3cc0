import type { PaneSpec, SessionSpec } from '../driver.ts';
import type { Command } from './command.ts';
import { encoded, OPTION, tmuxName } from './format.ts';

/** Wide enough for many panes side by side before anybody has attached; then the terminal's own size counts. */
const SIZE = ['-x', '200', '-y', '50'] as const;

/** Hooks at an index of their own leave those that a person has set alone. */
const HOOK_INDEX = 770;
/** Signalled when something happened after a time in which nothing did. */
const CHANNEL = 'dual-changed';
/** Names of the sessions with which something happened since it was read last. */
const CHANGED = '@dual_changed';

/** Arguments of a client: prints what has changed, and ends when there is more. */
export const READ_AND_WAIT: readonly string[] = [
  ...['display-message', '-p', `#{${CHANGED}}`, ';'],
  ...['set-option', '-su', CHANGED, ';'],
  ...['wait-for', CHANNEL],
];

const HOOKS = [
  'pane-died',
  'pane-exited',
  'after-kill-pane',
  'window-unlinked',
  'session-closed',
  'client-attached',
  'client-detached',
  'client-session-changed',
];

/**
 * Settings of the server, again with each session since a person may reload the config. tmux reads the user's own config when it
 * starts, so keys and looks are what the user is used to; here is only what Dual relies on, and better defaults for what the user
 * left as it comes.
 */
const SERVER: readonly Command[] = [
  ['set-option', '-s', 'exit-unattached', 'off'],
  ['if-shell', '-F', '#{==:#{history-limit},2000}', 'set-option -g history-limit 50000'],
  ['if-shell', '-F', '#{==:#{escape-time},500}', 'set-option -s escape-time 10'],
  ...HOOKS.map((hook): Command => ['set-hook', '-g', `${hook}[${HOOK_INDEX}]`, notify()]),
];

/** Two signals without anybody who waits would cancel each other out: only the first change since the last look gives one. */
function notify(): string {
  const name = '#{?hook_session_name,#{hook_session_name},#{session_name}}';
  return `if-shell -F '#{${CHANGED}}' '' 'wait-for -S ${CHANNEL}' ; set-option -saF ${CHANGED} '${name} '`;
}

/**
 * tmux with libutempter misses the end of a process that falls into the moment in which it starts or closes a pane, until another
 * process ends. This one does. To be run after panes were started.
 */
export const COLLECT: Command = ['run-shell', '-b', 'true'];

/** All of it in one client, so that a session is there with its labels and panes or not at all. */
export function createCommands(spec: SessionSpec, install: string): Command[] {
  const name = tmuxName(spec.name);
  const [first, ...rest] = spec.panes.length > 0 ? spec.panes : [SHELL];
  return [
    ['new-session', '-d', '-s', name, '-n', name, ...SIZE, ...environment(spec.env), ...startArgs(first ?? SHELL)],
    ...labels(spec, install).map(([key, value]): Command => ['set-option', '-t', `=${name}:`, key, encoded(value)]),
    ['set-option', '-t', `=${name}:`, 'destroy-unattached', 'off'],
    ...(spec.shell?.length ? [defaultCommand(`=${name}:`, spec.shell)] : []),
    ...windowCommands(`=${name}:`),
    ...paneCommands(first ?? SHELL, `=${name}:`),
    ...SERVER,
    ...rest.flatMap((pane) => splitCommands(`=${name}:`, pane)),
    ['select-pane', '-t', `=${name}:.{top-left}`],
  ];
}

/** Where nothing else is wanted: without any pane there is no session. */
const SHELL: PaneSpec = { name: 'shell', command: [], target: '', specHash: '' };

/** The new pane is the active one afterwards, so that the window stands for it. */
export function splitCommands(window: string, pane: PaneSpec): Command[] {
  return [
    ['split-window', '-t', window, ...startArgs(pane)],
    ...paneCommands(pane, window),
    ['set-option', '-w', '-t', window, 'pane-border-status', 'top'],
    ['select-layout', '-t', window, 'tiled'],
  ];
}

/** For when the window is too small for one more. */
export function windowForPane(session: string, pane: PaneSpec): Command[] {
  return [
    ['new-window', '-t', session, '-n', tmuxName(pane.name), ...startArgs(pane)],
    ...windowCommands(session),
    ...paneCommands(pane, session),
  ];
}

export function respawnCommands(paneId: string, pane: PaneSpec, restarts: number): Command[] {
  return [['respawn-pane', '-k', '-t', paneId, ...startArgs(pane)], ...paneCommands(pane, paneId, restarts)];
}

/** A pane gets PATH from the client that asks for it, whatever the session's environment says: it is told by another name too. */
const PANE_PATH = 'DUAL_PANE_PATH';

/**
 * Runs the command, and lingers for a moment when it has ended: tmux closes a terminal as soon as it learns of the end, and what
 * was printed last would be lost. It may also miss the end itself (see COLLECT), so another one is ordered for afterwards.
 * Signals are for the command alone, which gets them as well.
 */
const LINGER = [
  `PATH=\${${PANE_PATH}-$PATH}; unset ${PANE_PATH}`,
  'trap : HUP INT QUIT TERM',
  '"$@"',
  'code=$?',
  'tmux run-shell -b -d 1 true >/dev/null 2>&1',
  'sleep 0.1',
  'exit $code',
].join('; ');

/** More than one argument is run as it is, without a shell that reads it. The shell that is named here gets its script from here. */
function startArgs(pane: PaneSpec): string[] {
  return pane.command.length === 0 ? [] : ['--', 'sh', '-c', LINGER, 'sh', ...pane.command];
}

function windowCommands(window: string): Command[] {
  return [
    ['set-option', '-w', '-t', window, 'remain-on-exit', 'on'],
    ['set-option', '-w', '-t', window, 'pane-border-format', ` #{${OPTION.pane}} `],
  ];
}

function paneCommands(pane: PaneSpec, target: string, restarts = 0): Command[] {
  const options: [string, string][] = [
    [OPTION.pane, pane.name],
    [OPTION.target, pane.target],
    [OPTION.paneSpec, pane.specHash],
    [OPTION.restarts, String(restarts)],
  ];
  return options.map(([key, value]) => ['set-option', '-p', '-t', target, key, encoded(value)]);
}

function labels(spec: SessionSpec, install: string): [string, string][] {
  return [
    [OPTION.install, install],
    [OPTION.name, spec.name],
    [OPTION.uid, spec.owner.uid],
    [OPTION.workspace, spec.owner.workspace],
    [OPTION.project, spec.owner.project],
    [OPTION.cwd, spec.cwd],
    [OPTION.spec, spec.specHash],
  ];
}

/** By the session's environment: it holds for panes that are added later, and for those that a person opens. */
function environment(env: Record<string, string>): string[] {
  const all = env['PATH'] === undefined ? env : { ...env, [PANE_PATH]: env['PATH'] };
  return Object.entries(all).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
}

/** For windows that a person opens. tmux hands it to a shell. */
function defaultCommand(session: string, argv: string[]): Command {
  const words = argv.map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
  return ['set-option', '-t', session, 'default-command', `exec ${words.join(' ')}`];
}
