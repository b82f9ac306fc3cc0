import { stateOf } from './page-states.ts';
import type { Description, Route } from './routes.ts';

/** An answer of the proxy's own, not yet rendered. Its texts are plain and may hold anything. */
export interface Page {
  status: number;
  title: string;
  /** Where the workspace stands and why, in a sentence. */
  state?: string;
  /** What that means for whoever asked, in one or two sentences. */
  text: string;
  conditions?: Description['conditions'];
  /** Where there is something to go to instead. */
  links?: Links;
  /** Commands that help, with what each does; the first helps most. */
  commands?: Command[];
  headers?: Record<string, string>;
  /** A browser follows what becomes of the workspace and moves on by itself, once the port is listened on, or is so anew. */
  live?: 'arrival' | 'return';
}

export interface Links {
  /** What they have in common. */
  title: string;
  /** At least one. */
  to: { workspace: string; port: number }[];
}

export interface Command {
  command: string;
  purpose: string;
}

/** A page of a workspace, for what it does not serve. */
export type WorkspacePage = (route: Route, description: Description, port: number) => Page;

/** For a port that a workspace does not serve, whatever the reason. `woken`: whether this request makes a Lazy one real. */
export function workspacePage(route: Route, description: Description, port: number, woken = true): Page {
  return route.endpoint ? deadPortPage(route, description, port) : notRunningPage(route, description, port, woken);
}

/** For a workspace whose machine is not there. `woken`: whether this request makes a Lazy one real. */
export function notRunningPage(route: Route, description: Description, port: number, woken = true): Page {
  const { workspace } = route;
  const { title, text, coming, remedy } = stateOf(description, woken);
  const ports = [...new Set([...route.ports, ...route.awaited])].sort((a, b) => a - b);
  return {
    status: 503,
    title: `${workspace} ${title}`,
    state: stateSentence(workspace, description),
    text,
    conditions: description.conditions,
    ...links('Once it runs, it is also at', portsOf(workspace, ports, port)),
    commands: [...(remedy ? [{ ...remedy, command: `${remedy.command} ${workspace}` }] : []), describe(workspace)],
    headers: { 'Retry-After': coming ? '1' : '10' },
    live: 'arrival',
  };
}

/** For a port of a workspace on which nothing answers. One that is listened on and yet failed has to go away before it is waited for. */
export function deadPortPage(route: Route, description: Description, port: number, cause?: string): Page {
  const { workspace } = route;
  return {
    status: 502,
    title: `Port ${port} of ${workspace} does not answer`,
    state: stateSentence(workspace, description),
    text: plainTcp(route, port) ?? cause ?? `Nothing in ${workspace} listens on port ${port}.`,
    conditions: description.conditions,
    ...links('It serves', portsOf(workspace, route.ports, port)),
    commands: [
      { command: `dual logs ${workspace}`, purpose: 'shows what its panes print' },
      { command: `dual attach ${workspace}`, purpose: 'opens its terminal session, to start the server there' },
      describe(workspace),
    ],
    live: route.ports.includes(port) ? 'return' : 'arrival',
  };
}

function plainTcp({ ports, tcp }: Route, port: number): string | undefined {
  if (ports.includes(port) || !tcp?.ports.includes(port)) return undefined;
  return `It is no port for browsers: it is plain TCP, at ${tcp.address}:${port}.`;
}

/** For plain `localhost` when the workspace that it was pointed at does not serve that port. */
export function focusedWithoutPortPage(route: Route, description: Description, port: number): Page {
  const { workspace } = route;
  return {
    ...deadPortPage(route, description, port),
    title: `Port ${port} of ${workspace} does not answer`,
    text: `Plain localhost is pointed at ${workspace}, where nothing listens on port ${port}.`,
    commands: [
      { command: `dual logs ${workspace}`, purpose: 'shows what its panes print' },
      { command: 'dual focus WORKSPACE', purpose: 'points plain localhost at another workspace' },
      { command: 'dual focus --off', purpose: 'points it at none' },
    ],
  };
}

/** For a service whose answer is no HTTP. */
export function badUpstreamPage(route: Route, port: number, cause: string): Page {
  const { workspace } = route;
  return {
    status: 502,
    title: `Port ${port} of ${workspace} does not speak HTTP`,
    text: `What ${workspace} answered on port ${port} is no valid HTTP: ${cause}`,
    ...links('It serves', portsOf(workspace, route.ports, port)),
    commands: [
      { command: `dual logs ${workspace}`, purpose: 'shows what its panes print' },
      { command: `dual urls --tcp ${workspace}`, purpose: 'shows where its ports are as plain TCP' },
    ],
  };
}

/** For a host that belongs to no workspace. */
export function unknownHostPage(host: string, port: number, serving: string[]): Page {
  const served = serving.map((workspace) => ({ workspace, port }));
  return {
    status: 404,
    title: 'No such workspace',
    text: `"${host}" is no workspace of Dual.${unserved(port, serving)}`,
    ...links(`Port ${port} is served at`, served),
    commands: [{ command: 'dualctl get workspaces', purpose: 'shows every workspace' }],
  };
}

/** For plain `localhost` that means no workspace. */
export function plainLocalhostPage(port: number, serving: string[]): Page {
  const served = serving.map((workspace) => ({ workspace, port }));
  return {
    status: 404,
    title: 'Which workspace?',
    text: `Every workspace has ports of its own, and plain localhost is none of them.${unserved(port, serving)}`,
    ...links(`Port ${port} is served at`, served),
    commands: [
      { command: `dual focus ${serving[0] ?? 'WORKSPACE'}`, purpose: 'points plain localhost at that workspace' },
      { command: 'dualctl get workspaces', purpose: 'shows every workspace' },
    ],
  };
}

/** For a name that only a page from elsewhere, or a mistaken set-up, would use: names no workspace. */
export function foreignHostPage(host: string): Page {
  return {
    status: 404,
    title: 'Not served here',
    text: `"${host}" is not served here: workspaces are at http://{workspace}.localhost:{port}.`,
  };
}

export function loopPage(host: string): Page {
  return {
    status: 508,
    title: 'Loop',
    text: `This request for "${host}" has come back to the proxy: what answers it sends it here again.`,
  };
}

/** @param text what is wrong with it, in a sentence */
export function badRequestPage(text: string): Page {
  return { status: 400, title: 'Bad request', text };
}

export function tooLargePage(): Page {
  return {
    status: 431,
    title: 'Request header fields too large',
    text: 'The head of this request is too large. Where cookies make it so, clear those of this site.',
  };
}

export function timeoutPage(): Page {
  return { status: 408, title: 'Request timeout', text: 'The head of this request took too long to arrive.' };
}

export function noConnectPage(): Page {
  return {
    status: 405,
    title: 'Method not allowed',
    text: 'CONNECT is not served here.',
    headers: { Allow: 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS' },
  };
}

function stateSentence(workspace: string, { phase, message }: Description): string {
  const about = `Workspace ${workspace} is ${phase}`;
  const text = message && phase !== 'Ready' ? `${about}: ${message}` : about;
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function portsOf(workspace: string, ports: number[], except: number): Links['to'] {
  return ports.filter((port) => port !== except).map((port) => ({ workspace, port }));
}

function links(title: string, to: Links['to']): Pick<Page, 'links'> {
  return to.length > 0 ? { links: { title, to } } : {};
}

function unserved(port: number, serving: string[]): string {
  return serving.length > 0 ? '' : ` No workspace serves port ${port} at the moment.`;
}

function describe(workspace: string): Command {
  return { command: `dualctl describe workspace ${workspace}`, purpose: 'shows its conditions, ports and events' };
}
