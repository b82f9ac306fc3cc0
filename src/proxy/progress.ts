import type { Clock } from '../clock/clock.ts';
import { viewOf } from './page-view.ts';
import { workspacePage, type Page, type WorkspacePage } from './pages.ts';
import { PROGRESS_TYPE } from './progress-request.ts';
import type { RoutingTable } from './routing-table.ts';

export interface FollowOptions {
  table: RoutingTable;
  workspace: string;
  port: number;
  /** From progressWanted(). A port that is listened on and yet failed has to go away before its `return` is one. */
  wanted: NonNullable<Page['live']>;
  /** Whether links are to be https. */
  secure: boolean;
  clock: Clock;
  /** What the browser shows; by default what it would get. */
  page?: WorkspacePage;
  /** Takes a part of the answer. Each but the first, which has the head, may be left out while the client does not read. */
  write(chunk: Buffer): void;
  /** Everything was written: the connection is to be ended. */
  end(): void;
}

const HEARTBEAT = 15_000;

const HEAD = Buffer.from(
  [
    'HTTP/1.1 200 OK',
    `Content-Type: ${PROGRESS_TYPE}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    'Transfer-Encoding: chunked',
    'Connection: close',
    '\r\n',
  ].join('\r\n'),
);
const LAST_CHUNK = Buffer.from('0\r\n\r\n');

/**
 * Answers with a line for what there is to see of a workspace, and another one for every change, until its port is listened on or
 * the workspace is gone. Then the browser has something else to load. @returns how to stop it
 */
export function followProgress(options: FollowOptions): () => void {
  const { table, workspace, write, end, clock } = options;
  let { wanted } = options;
  let told = '';
  let stopBeating = (): void => {};
  let stopped = false;
  const stop = (): void => {
    stopped = true;
    unwatch();
    stopBeating();
  };
  const beat = (): void => {
    write(chunk('\n'));
    stopBeating = clock.after(HEARTBEAT, beat);
  };
  const look = (): void => {
    if (stopped) return;
    const line = lineOf(options, wanted);
    if (line !== undefined && line !== told) write(chunk((told = line)));
    const listed = isListedOn(options);
    if (!listed) wanted = 'arrival';
    if (line !== undefined && !(listed && wanted === 'arrival')) return;
    stop();
    write(LAST_CHUNK);
    end();
  };
  const unwatch = table.watch(workspace, look);
  stopBeating = clock.after(HEARTBEAT, beat);
  write(HEAD);
  look();
  return stop;
}

function isListedOn({ table, workspace, port }: FollowOptions): boolean {
  const route = table.get(workspace);
  return route?.endpoint !== undefined && route.ports.includes(port);
}

/** As JSON: phase, message and conditions, and how they are shown. Why a port has failed, the page that is shown knows better. */
function lineOf(options: FollowOptions, wanted: FollowOptions['wanted']): string | undefined {
  const { table, workspace, port, secure, page = workspacePage } = options;
  const route = table.get(workspace);
  if (!route) return undefined;
  const description = table.description(workspace);
  const { title, text, ...view } = viewOf(page(route, description, port), secure);
  const more = wanted === 'return' && isListedOn(options) ? {} : { title, text };
  return `${JSON.stringify({ ...description, ...view, ...more })}\n`;
}

function chunk(text: string): Buffer {
  const data = Buffer.from(text);
  return Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n')]);
}
