import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeRepo } from '../support/app-repo.ts';
import { launchBrowser, type TestBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { createInstance, type Instance } from '../support/instance.ts';
import { SERVER_FILES, project, workspace } from '../support/objects.ts';

/** Ready some time before it listens, as where something is installed first. */
const PANES = {
  panes: [{ name: 'dev', command: 'sleep 3 && node server.js', on: 'container', restart: 'OnFailure' }],
};
const SOON = { timeout: 60_000 };

let dual: Instance;
let browser: TestBrowser;

beforeAll(async () => {
  dual = await createInstance();
  browser = await launchBrowser(dual.address);
  const repo = makeRepo(path.join(dual.home, 'repos/app'), SERVER_FILES);
  dual.manifest(
    'app.yaml',
    project('app', { source: { path: repo }, session: PANES, ports: [{ name: 'web', port: 3000 }] }),
    workspace('app-main', { project: 'app', branch: 'main' }),
    workspace('app-lazy', { project: 'app', branch: 'main', state: 'Lazy' }),
    workspace('app-stopped', { project: 'app', branch: 'main', state: 'Stopped' }),
  );
  await dual.ready('app-main');
});

afterAll(async () => {
  await browser?.close();
  await dual.destroy();
});

const home = (name: string): string => `http://${name}.localhost:3000/`;

describe('a browser', () => {
  it('that opens a Lazy workspace makes it real, shows how far it has come, and then the application', async () => {
    const { page, complaints, requests } = await browser.open();
    await page.goto(home('app-lazy'));
    await page.evaluate(() => Object.assign(globalThis, { marker: 'kept' }));
    expect(await page.getByRole('listitem').filter({ hasText: 'Ready' }).count()).toBeGreaterThanOrEqual(5);
    await page.getByRole('heading', { name: /^app-lazy is (being (cloned|built)|starting)$/ }).waitFor(SOON);
    await page.getByRole('heading', { name: 'Port 3000 of app-lazy does not answer' }).waitFor(SOON);
    expect(await page.evaluate(() => Reflect.get(globalThis, 'marker') as unknown)).toBe('kept');
    await page.locator('pre', { hasText: 'app-lazy.localhost:3000' }).waitFor(SOON);
    expect(page.url()).toBe(home('app-lazy'));
    expect(complaints).toEqual([]);
    expect(requests.filter((url) => !url.startsWith(home('app-lazy')))).toEqual([]);
    expect((await dual.workspace('app-lazy')).status?.phase).toBe('Ready');
  });

  it('that opens a stopped one is told how to start it, and shows the application once it was started', async () => {
    const { page, complaints } = await browser.open();
    await page.goto(home('app-stopped'));
    await page.getByRole('heading', { name: 'app-stopped is stopped' }).waitFor();
    await page.getByText('dual start app-stopped').waitFor();
    expect((await dual.workspace('app-stopped')).status?.phase).toBe('Stopped');
    expect((await dual.dual(['start', 'app-stopped'])).code).toBe(0);
    await page.locator('pre', { hasText: 'app-stopped.localhost:3000' }).waitFor(SOON);
    expect(complaints).toEqual([]);
  });

  it('that opens an unknown one is led to those that there are', async () => {
    const { page } = await browser.open();
    const answer = await page.goto(home('nobody'));
    expect(answer?.status()).toBe(404);
    await page.getByRole('heading', { name: 'No such workspace' }).waitFor();
    await page.getByRole('link', { name: home('app-main') }).click();
    await page.locator('pre', { hasText: 'app-main.localhost:3000' }).waitFor(SOON);
  });

  it('keeps the cookies of workspaces apart', async () => {
    const { page } = await browser.open();
    const cookiesOf = async (name: string): Promise<unknown> => {
      await page.goto(home(name));
      return page.evaluate('document.cookie');
    };
    expect(await cookiesOf('app-main')).toBe('');
    await page.evaluate('document.cookie = "session=secret; path=/"');
    expect(await cookiesOf('nobody')).toBe('');
    expect(await cookiesOf('app-main')).toBe('session=secret');
  });

  it('makes no workspace real for an image on a page of another one', async () => {
    dual.manifest('other.yaml', workspace('app-other', { project: 'app', branch: 'main', state: 'Lazy' }));
    await eventually(async () => expect((await dual.workspace('app-other')).status?.phase).toBe('Lazy'));
    const { page } = await browser.open();
    await page.goto(home('app-main'));
    await page.locator('pre', { hasText: 'app-main.localhost:3000' }).waitFor(SOON);
    // An answer that is no image is kept from the page, as a failure.
    const isIt = (request: { url(): string }): boolean => request.url() === home('app-other');
    const over = Promise.race([
      page.waitForEvent('requestfinished', isIt),
      page.waitForEvent('requestfailed', isIt).then((request) => expect(request.failure()?.errorText).toContain('ORB')),
    ]);
    await page.setContent(`<img src="${home('app-other')}">`);
    await over;
    expect((await dual.workspace('app-other')).status?.phase).toBe('Lazy');
  });
});
