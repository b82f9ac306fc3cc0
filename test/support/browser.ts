import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { findProgram } from '../../src/exec/find-program.ts';

/** A headless Chromium with a profile of its own, gone after close(). */
export interface TestBrowser {
  browser: Browser;
  /** A page in a context of its own, and what there was to complain about while it was open. */
  open(options?: BrowserContextOptions): Promise<Tab>;
  /** Ends it and all that it has started. */
  close(): Promise<void>;
}

export interface Tab {
  page: Page;
  /** Errors of scripts, broken rules of content security, and what else the console says in red. Not that an answer's status is bad. */
  complaints: string[];
  /** URLs of all requests and websockets so far. */
  requests: string[];
}

const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
];

/**
 * @param address where the names of workspaces are, if not on the usual loopback addresses
 * @param env its environment, which may be that of another home
 */
export async function launchBrowser(address?: string, env: NodeJS.ProcessEnv = process.env): Promise<TestBrowser> {
  const executablePath = findProgram('chromium', process.env);
  if (executablePath === undefined) throw new Error('chromium is not installed; hack/setup installs it');
  const rules = address === undefined ? [] : [`--host-resolver-rules=MAP *.localhost ${address}`];
  const browser = await chromium.launch({ executablePath, args: [...FLAGS, ...rules], env: { ...env } });
  return {
    browser,
    async open(options = {}) {
      const context = await browser.newContext(options);
      return watch(await context.newPage());
    },
    close: () => browser.close(),
  };
}

function watch(page: Page): Tab {
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    const isStatus = message.text().startsWith('Failed to load resource: the server responded with a status of');
    if (message.type() === 'error' && !isStatus) complaints.push(message.text());
  });
  page.on('request', (request) => requests.push(request.url()));
  page.on('websocket', (socket) => requests.push(socket.url()));
  return { page, complaints, requests };
}
