import type { Command } from 'commander';
import type { Context } from '../shared/context.ts';

/** Adds arguments, flags and the action to a command that has its name already. */
export type Configure = (command: Command, context: Context) => void;

export interface CommandEntry {
  name: string;
  summary: string;
  /** Loaded only when the command is called, so that `dualctl --help` need not wait for any of them. */
  load(): Promise<Configure>;
}

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'get',
    summary: 'Show workspaces, projects and events',
    load: async () => (await import('./commands/get.ts')).configureGet,
  },
  {
    name: 'describe',
    summary: 'Show details of a workspace or project, and what happened to it',
    load: async () => (await import('./commands/describe.ts')).configureDescribe,
  },
  {
    name: 'apply',
    summary: 'Create or change objects as their manifests say',
    load: async () => (await import('./commands/apply.ts')).configureApply,
  },
  {
    name: 'delete',
    summary: 'Delete objects; work that exists nowhere else is kept',
    load: async () => (await import('./commands/delete.ts')).configureDelete,
  },
  {
    name: 'wait',
    summary: 'Wait until objects are as they should be',
    load: async () => (await import('./commands/wait.ts')).configureWait,
  },
  {
    name: 'events',
    summary: 'List what happened',
    load: async () => (await import('./commands/events.ts')).configureEvents,
  },
  {
    name: 'logs',
    summary: "Print the output of a workspace's panes",
    load: async () => (await import('./commands/logs.ts')).configureLogs,
  },
  {
    name: 'api-resources',
    summary: 'List the kinds of objects that the server knows',
    load: async () => (await import('./commands/api-resources.ts')).configureApiResources,
  },
  {
    name: 'version',
    summary: 'Print the versions of dualctl and of the server',
    load: async () => (await import('./commands/version.ts')).configureVersion,
  },
];
