import type { Configure } from './command.ts';

export interface CommandEntry {
  name: string;
  summary: string;
  /** Loaded only when the command is called. */
  load(): Promise<Configure>;
}

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'attach',
    summary: "Go into a workspace's terminal session",
    load: async () => (await import('./commands/attach.ts')).configureAttach,
  },
  {
    name: 'shell',
    summary: "Open a shell inside a workspace's machine",
    load: async () => (await import('./commands/shell.ts')).configureShell,
  },
  {
    name: 'run',
    summary: "Run a command inside a workspace's machine",
    load: async () => (await import('./commands/run-help.ts')).configureRun,
  },
  {
    name: 'which',
    summary: 'Say where a command runs, and why',
    load: async () => (await import('./commands/which.ts')).configureWhich,
  },
  {
    name: 'hook',
    summary: "Print what routes a shell's commands outside of panes",
    load: async () => (await import('./commands/hook.ts')).configureHook,
  },
  {
    name: 'start',
    summary: 'Start workspaces',
    load: async () => (await import('./commands/state.ts')).configureStart,
  },
  {
    name: 'stop',
    summary: 'Stop workspaces; their clones stay as they are',
    load: async () => (await import('./commands/state.ts')).configureStop,
  },
  {
    name: 'urls',
    summary: 'Show where the services of workspaces answer',
    load: async () => (await import('./commands/urls.ts')).configureUrls,
  },
  {
    name: 'open',
    summary: "Open a workspace's URL in the browser",
    load: async () => (await import('./commands/open.ts')).configureOpen,
  },
  {
    name: 'trust',
    summary: 'Serve https as well, and have this machine trust it',
    load: async () => (await import('./commands/trust.ts')).configureTrust,
  },
  {
    name: 'connect',
    summary: "Tie standard input and output to a port in a workspace's machine",
    load: async () => (await import('./commands/connect.ts')).configureConnect,
  },
  {
    name: 'focus',
    summary: 'Have plain localhost go to a workspace',
    load: async () => (await import('./commands/focus.ts')).configureFocus,
  },
  {
    name: 'logs',
    summary: 'Show what a pane of a workspace prints',
    load: async () => (await import('./commands/logs.ts')).configureLogs,
  },
  {
    name: 'daemon',
    summary: 'Start, stop and install the daemon',
    load: async () => (await import('./commands/daemon.ts')).configureDaemon,
  },
  {
    name: 'doctor',
    summary: 'Say what is missing on this machine, and how to get it',
    load: async () => (await import('./commands/doctor.ts')).configureDoctor,
  },
  {
    name: 'version',
    summary: 'Print the version of dual and of the running daemon',
    load: async () => (await import('./commands/version.ts')).configureVersion,
  },
];
