import { once } from 'node:events';
import net from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../src/clock/clock.ts';
import { deadPortPage, unknownHostPage, workspacePage, type Page } from '../../../src/proxy/pages.ts';
import { followProgress } from '../../../src/proxy/progress.ts';
import { progressWanted } from '../../../src/proxy/progress-request.ts';
import { renderPage } from '../../../src/proxy/render-page.ts';
import type { Description, Route } from '../../../src/proxy/routes.ts';
import { createRoutingTable, type RoutingTable } from '../../../src/proxy/routing-table.ts';
import { launchBrowser, type Tab, type TestBrowser } from '../../support/browser.ts';
import { pageIssues } from '../../support/page-issues.ts';

/** A browser takes its time on a busy machine. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const NAMES = ['CloneReady', 'ImageReady', 'ContainerReady', 'SessionReady', 'RouteReady'];

let browser: TestBrowser;
let table: RoutingTable;
let server: Server;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  table = createRoutingTable();
  broken = false;
  server = await serve(0);
});
afterEach(async () => {
  for (const context of browser.browser.contexts()) await context.close();
  await server.close();
});

interface Server {
  port: number;
  /** Heads of requests so far. */
  heads: string[];
  close(): Promise<void>;
}

/** Answers as the proxy does for one workspace, "one", whose service says "The application". */
async function serve(asked: number): Promise<Server> {
  const sockets = new Set<net.Socket>();
  const heads: string[] = [];
  const listener = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.once('data', (data) => {
      heads.push(data.toString());
      answer(socket, data.toString(), server.port);
    });
  });
  await once(listener.listen(asked, '127.0.0.1'), 'listening');
  const { port } = listener.address() as net.AddressInfo;
  return {
    port,
    heads,
    async close() {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}

function answer(socket: net.Socket, head: string, port: number): void {
  const header = (name: string): string | undefined => new RegExp(`^${name}: (.*)\r$`, 'im').exec(head)?.[1];
  const [method = ''] = head.split(' ');
  const wanted = progressWanted(method, header('Dual-Progress'));
  if (wanted !== undefined) {
    const stop = followProgress({
      ...{ table, workspace: 'one', port, wanted, secure: false, clock: systemClock },
      write: (chunk) => void socket.write(chunk),
      end: () => socket.end(),
    });
    socket.on('close', stop);
    return;
  }
  const page = pageOf(port);
  if (page) socket.end(renderPage(page, { accept: header('Accept'), method, secure: false, keepAlive: false }));
  else
    socket.end(
      'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 30\r\n\r\n<h1>The application is here.\n\n',
    );
}

/** Undefined where the service answers. */
function pageOf(port: number): Page | undefined {
  const route = table.get('one');
  if (!route) return unknownHostPage('one.localhost', port, table.serving(port));
  if (!route.endpoint || !route.ports.includes(port)) return workspacePage(route, table.description('one'), port);
  return broken ? deadPortPage(route, table.description('one'), port, 'Connection refused.') : undefined;
}

/** Whether the service fails although it is listened on. */
let broken = false;
const endpoint: Route['endpoint'] = { socket: '/nowhere' };

function publish(ports: number[], running = ports.length > 0): void {
  table.set({ workspace: 'one', ports, awaited: [server.port, 5173], ...(running && { endpoint }) });
}

/** `done` conditions are true, the next one has this reason and message. */
function tell(phase: string, done: number, reason: string, message: string): void {
  const conditions = NAMES.map((type, index): Description['conditions'][number] => {
    if (index < done) return { type, status: 'True', reason: 'Reconciled', message: 'it is there' };
    if (index === done) return { type, status: 'False', reason, message };
    return { type, status: 'Unknown', reason: 'Waiting', message: `waits for ${NAMES[done]}` };
  });
  table.describe('one', { phase, message, conditions });
}

async function visit(options: Parameters<TestBrowser['open']>[0] = {}, target = '/'): Promise<Tab> {
  const tab = await browser.open(options);
  await tab.page.goto(`http://one.localhost:${server.port}${target}`);
  return tab;
}

describe('the page of a workspace that is being made', () => {
  it('shows how far it has come without being loaded again, and moves on by itself when the port answers', async () => {
    publish([]);
    tell('Building', 1, 'Building', 'step 2 of 9');
    const { page, complaints, requests } = await visit({}, '/some/path?q=1#part');
    await page.evaluate(() => Object.assign(globalThis, { marker: 'kept' }));
    await page.getByText('step 2 of 9').waitFor();
    tell('Building', 1, 'Building', 'step 3 of 9');
    await page.getByText('step 3 of 9').waitFor();
    tell('Starting', 2, 'Starting', 'starting the machine');
    await page.getByRole('heading', { level: 1, name: 'one is starting' }).waitFor();
    expect(await page.title()).toBe('one is starting');
    expect(await page.getByRole('listitem').filter({ hasText: 'ImageReady' }).textContent()).toContain('done');
    publish([5173]);
    tell('Ready', 5, '', '');
    await page.getByRole('heading', { level: 1, name: `Port ${server.port} of one does not answer` }).waitFor();
    expect(await page.getByRole('link').textContent()).toBe('http://one.localhost:5173/');
    expect(await page.evaluate(() => Reflect.get(globalThis, 'marker') as unknown)).toBe('kept');
    publish([server.port, 5173]);
    await page.getByText('The application is here.').waitFor();
    expect(page.url()).toBe(`http://one.localhost:${server.port}/some/path?q=1#part`);
    expect(complaints).toEqual([]);
    expect(requests.filter((url) => !url.startsWith(`http://one.localhost:${server.port}/`))).toEqual([]);
    const loads = server.heads.filter((head) => head.startsWith('GET /some/path') && !/^dual-progress:/im.test(head));
    expect(loads.length).toBe(2);
  });

  it('goes on when the proxy has gone away and come back', async () => {
    publish([]);
    tell('Building', 1, 'Building', 'step 2 of 9');
    const { page } = await visit();
    await server.close();
    await page.getByText('The connection to the proxy is lost').waitFor();
    server = await serve(server.port);
    await page.getByText('Workspace one is Building').waitFor();
    publish([server.port]);
    await page.getByText('The application is here.').waitFor();
  });

  it('gives way to another one when the workspace is deleted', async () => {
    publish([]);
    tell('Terminating', 0, 'Terminating', 'it is being deleted');
    const { page } = await visit();
    await page.getByText('one is being deleted').waitFor();
    table.delete('one');
    await page.getByText('No such workspace').waitFor();
  });

  it('does without scripts', async () => {
    publish([]);
    tell('Building', 1, 'Building', 'step 2 of 9');
    const { page, complaints } = await visit({ javaScriptEnabled: false });
    expect(await page.getByRole('status').textContent()).toContain('step 2 of 9');
    publish([server.port]);
    await page.getByText('The application is here.').waitFor();
    expect(complaints).toEqual([]);
  });

  it('is not tricked by what it is told', async () => {
    publish([]);
    const message = `<img src=x onerror="alert(1)"><script>alert(2)</script>`;
    tell('Building', 1, 'Building', message);
    const { page, complaints } = await visit();
    await page.getByRole('status').filter({ hasText: message }).waitFor();
    tell('Building', 1, 'Building', `${message} again`);
    await page
      .getByRole('status')
      .filter({ hasText: `${message} again` })
      .waitFor();
    expect(await page.locator('img').count()).toBe(0);
    expect(complaints).toEqual([]);
  });
});

describe('the page of a port that is listened on and yet fails', () => {
  it('is loaded again when the port has gone and come back, and not before', async () => {
    broken = true;
    publish([server.port]);
    tell('Ready', 5, '', '');
    const { page } = await visit();
    await page.getByText('Connection refused.').waitFor();
    tell('Degraded', 4, 'PortTaken', 'another port is taken');
    await page.getByText('another port is taken').first().waitFor();
    expect(server.heads.length).toBe(2);
    publish([5173]);
    broken = false;
    publish([server.port]);
    await page.getByText('The application is here.').waitFor();
  });
});

describe('pages', () => {
  const states: [string, () => void][] = [
    ['being built', () => tell('Building', 1, 'Building', 'step 2 of 9: installing packages')],
    ['stopped', () => tell('Stopped', 2, 'Stopped', 'spec.state is Stopped')],
    ['failing', () => tell('Building', 1, 'BuildFailed', 'the build failed: '.repeat(40))],
    [
      'ready, without that port',
      () => {
        publish([5173, 8080]);
        tell('Ready', 5, '', '');
      },
    ],
    ['unknown', () => table.delete('one')],
  ];
  const schemes = ['light', 'dark'] as const;

  it.each(states)('can be read and used by everybody when it is %s', async (_, arrange) => {
    publish([]);
    arrange();
    for (const colorScheme of schemes) {
      const { page, complaints } = await visit({ colorScheme, viewport: { width: 320, height: 640 } });
      expect(await pageIssues(page)).toEqual([]);
      expect(complaints).toEqual([]);
    }
  });

  it('are light or dark as the user has it, and still where wanted', async () => {
    publish([]);
    tell('Building', 1, 'Building', 'step 2 of 9');
    const { page } = await visit({ colorScheme: 'light', reducedMotion: 'no-preference' });
    const look = (): Promise<string[]> =>
      page.evaluate<string[]>(
        `[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector('.busy i')).animationName]`,
      );
    expect(await look()).toEqual(['rgb(251, 251, 250)', 'beat']);
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
    expect(await look()).toEqual(['rgb(23, 24, 27)', 'none']);
  });

  it('lead by keyboard to their links, and show where one is', async () => {
    publish([5173]);
    tell('Ready', 5, '', '');
    const { page } = await visit();
    await page.keyboard.press('Tab');
    const focused = page.locator('a:focus-visible');
    expect(await focused.getAttribute('href')).toBe('http://one.localhost:5173/');
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    tell('Degraded', 4, 'PortTaken', 'a port is taken');
    await page.getByRole('status').filter({ hasText: 'a port is taken' }).waitFor();
    expect(await focused.count()).toBe(1);
  });
});
