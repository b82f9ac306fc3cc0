import http from 'node:http';
import { chromium, type Browser } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findProgram } from '../../../../src/exec/find-program.ts';
import { createTlsFixture, type TlsFixture } from '../../../support/tls-fixture.ts';
import { createTrustFixture, type TrustFixture } from '../../../support/trust-fixture.ts';

let trusting: TrustFixture;
let serving: TlsFixture;
const server = http.createServer((request, response) => response.end(`hello from ${request.headers.host}`));
const browsers: Browser[] = [];
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
  const executablePath = findProgram('chromium', process.env);
  if (executablePath === undefined) throw new Error('chromium is not installed; hack/setup installs it');
  const { home } = trusting;
  const env = { ...trusting.host.env, PATH: process.env['PATH'], XDG_CONFIG_HOME: `${home}/.config` };
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'], env });
  browsers.push(browser);
  const page = await browser.newPage();
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
