import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { makeRepo } from '../support/app-repo.ts';
import { launchBrowser, type TestBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { fixtureFiles } from '../support/fixture-files.ts';
import { createInstance, type Instance } from '../support/instance.ts';
import { project, workspace } from '../support/objects.ts';

/** As a person would have it: nothing is set on the dev server for Dual's sake. */
const SESSION = { panes: [{ name: 'dev', command: 'npm install && npm run dev', on: 'container' }] };
/** That nothing is sent to those who make it. */
const ENV = [{ name: 'NEXT_TELEMETRY_DISABLED', value: '1' }];
/** Packages are downloaded first. */
const LATER = { timeout: 240_000, interval: 500 };

let dual: Instance;
let browser: TestBrowser;

beforeAll(async () => {
  dual = await createInstance();
  browser = await launchBrowser(dual.address);
});

afterAll(async () => {
  await browser?.close();
  await dual.destroy();
});

it.each([
  ['vite', 5173, 'src/app.jsx'],
  ['next', 3000, 'app/page.jsx'],
])('a page of %s follows an edit on the host without being loaded again', async (name, port, file) => {
  const repo = makeRepo(path.join(dual.home, 'repos', name), fixtureFiles(name));
  dual.manifest(
    `${name}.yaml`,
    project(name, { source: { path: repo }, session: SESSION, env: ENV }),
    workspace(`${name}-main`, { project: name, branch: 'main' }),
  );
  const { status } = await dual.ready(`${name}-main`);
  const url = `http://${name}-main.localhost:${port}/`;
  await eventually(async () => expect((await dual.fetch(url)).status).toBe(200), LATER);

  const { page, complaints, requests } = await browser.open();
  await page.goto(url);
  await page.getByRole('heading', { name: 'First version' }).waitFor();
  const counter = page.getByRole('button', { name: /^count \d+$/ });
  const count = await eventually(async () => {
    await counter.click();
    const text = await counter.textContent();
    expect(text).not.toBe('count 0');
    return text;
  });
  await page.evaluate(() => Object.assign(globalThis, { marker: 'kept' }));
  const before = await screenshot(page, `${name}-before.png`);

  const edited = path.join(status!.clone!.path!, file);
  writeFileSync(edited, readFileSync(edited, 'utf8').replace('First version', 'Second version'));
  await page.getByRole('heading', { name: 'Second version' }).waitFor();
  expect(await page.evaluate(() => Reflect.get(globalThis, 'marker') as unknown)).toBe('kept');
  expect(await counter.textContent()).toBe(count);
  expect((await screenshot(page, `${name}-after.png`)).equals(before)).toBe(false);

  expect(requests.filter((request) => request.startsWith(`ws://${name}-main.localhost:${port}/`)).length).toBe(1);
  expect(complaints).toEqual([]);
});

/** Kept where DUAL_TEST_SCREENSHOTS says, for those who want to see for themselves. */
function screenshot(page: Page, file: string): Promise<Buffer> {
  const dir = process.env['DUAL_TEST_SCREENSHOTS'] ?? path.join(dual.home, 'screenshots');
  mkdirSync(dir, { recursive: true });
  return page.screenshot({ path: path.join(dir, file) });
}
