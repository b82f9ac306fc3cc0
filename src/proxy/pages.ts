import type { Route } from './routes.ts';

/** An answer of the proxy's own, not yet rendered. Its texts are plain and may hold anything. */
export interface Page {
  status: number;
  title: string;
  /** One or two sentences. */
  text: string;
  /** Commands that help, with what each does. */
  commands?: { command: string; purpose: string }[];
  links?: string[];
  headers?: Record<string, string>;
}

/** For a host that belongs to no workspace. */
export function unknownHostPage(host: string, port: number, serving: string[]): Page {
  const links = serving.map((workspace) => workspaceUrl(workspace, port));
  const others = links.length > 0 ? `Port ${port} is served at:` : `No workspace serves port ${port} at the moment.`;
  return {
    status: 404,
    title: 'No such workspace',
    text: `"${host}" is no workspace of Dual. ${others}`,
    links,
    commands: [{ command: 'dualctl get workspaces', purpose: 'shows every workspace' }],
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

/** For a workspace whose machine is not there. */
export function notRunningPage(route: Route): Page {
  const { workspace, state } = route;
  return {
    status: 503,
    title: `${workspace} is not running`,
    text: sentence(`Workspace ${workspace} is ${state.phase}`, state.message),
    commands: [...remedies(workspace, state.phase), describe(workspace)],
    headers: { 'Retry-After': '1' },
  };
}

/** For a port of a workspace on which nothing answers. */
export function deadPortPage(route: Route, port: number, cause: string): Page {
  const { workspace, state } = route;
  const links = route.ports.filter((other) => other !== port).map((other) => workspaceUrl(workspace, other));
  const about = sentence(`Workspace ${workspace} is ${state.phase}`, state.message);
  return {
    status: 502,
    title: `Port ${port} of ${workspace} does not answer`,
    text: `${cause} ${about}${links.length > 0 ? ' It serves:' : ''}`,
    links,
    commands: [
      { command: `dual logs ${workspace}`, purpose: 'shows what its panes print' },
      { command: `dual attach ${workspace}`, purpose: 'opens its terminal session, to start the server there' },
      describe(workspace),
    ],
  };
}

export function loopPage(host: string): Page {
  return {
    status: 508,
    title: 'Loop',
    text: `This request for "${host}" has come back to the proxy: what answers it sends it here again.`,
  };
}

export function badRequestPage(text: string): Page {
  return { status: 400, title: 'Bad request', text };
}

export function noConnectPage(): Page {
  return {
    status: 405,
    title: 'Method not allowed',
    text: 'CONNECT is not served here.',
    headers: { Allow: 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS' },
  };
}

function workspaceUrl(workspace: string, port: number): string {
  return `http://${workspace}.localhost${port === 80 ? '' : `:${port}`}/`;
}

function sentence(start: string, message: string): string {
  const text = message ? `${start}: ${message}` : start;
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function describe(workspace: string): { command: string; purpose: string } {
  return { command: `dualctl describe workspace ${workspace}`, purpose: 'shows its conditions, ports and events' };
}

function remedies(workspace: string, phase: string): { command: string; purpose: string }[] {
  if (phase === 'Stopped') return [{ command: `dual start ${workspace}`, purpose: 'starts it' }];
  if (phase === 'Lazy') return [{ command: `dual attach ${workspace}`, purpose: 'makes it real' }];
  return [];
}
