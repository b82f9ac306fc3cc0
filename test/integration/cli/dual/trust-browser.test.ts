import http from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { launchBrowser, type TestBrowser } from '../../../support/browser.ts';
import { createTlsFixture, type TlsFixture } from '../../../support/tls-fixture.ts';
import { createTrustFixture, type TrustFixture } from '../../../support/trust-fixture.ts';

/** A browser takes its time on a busy machine. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let trusting: TrustFixture;
let serving: TlsFixture;
const server = http.createServer((request, response) => response.end(`hello from ${request.headers.host}`));
const browsers: TestBrowser[] = [];
beforeEach(async () => {
  trusting = createTrustFixture();
  serving = await createTlsFixture('127.0.0.1', trusting.paths.ca);
  serving.serve((secure) => server.emit('connection', secure));
});
afterEach(async () => {
  for (const browser of browsers.splice(0)) await browser.close();
  await serving.close();
  trusting.close();
});

/** What the browser of that home shows. */
async function visit(url: string): Promise<string | null> {
  const { home } = trusting;
  const env = { ...trusting.host.env, PATH: process.env['PATH'], XDG_CONFIG_HOME: `${home}/.config` };
  const browser = await launchBrowser(undefined, env);
  browsers.push(browser);
  const { page } = await browser.open();
  await page.goto(url);
  return page.textContent('body');
}

describe('Chromium', () => {
  it('takes the certificates when it was told, and not before', async () => {
    trusting.program('chromium', '');
    const url = `https://shop-main.localhost:${serving.port}/`;
    await trusting.trust();
    expect(await visit(url)).toBe(`hello from shop-main.localhost:${serving.port}`);
    await trusting.trust({ remove: true });
    // There is a new one, and without certutil the browser cannot be told.
    await trusting.trust({ host: { system: { ...trusting.host.system, programs: [] } } });
    await expect(visit(url)).rejects.toThrow('ERR_CERT_AUTHORITY_INVALID');
  });
});
