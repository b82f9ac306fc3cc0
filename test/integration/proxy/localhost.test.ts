import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { ask, createProxyFixture, freePort, type ProxyFixture } from '../../support/proxy-fixture.ts';

let fixture: ProxyFixture;
let port: number;

beforeEach(async () => {
  fixture = await createProxyFixture();
  port = await freePort();
  for (const name of ['one', 'two']) {
    await fixture.workspace(name, { [port]: (request, response) => response.end(`${name} ${request.headers.host}`) });
    mkdirSync(path.join(fixture.dir, name, 'deep'), { recursive: true });
  }
});
afterEach(() => fixture.close());

/** Publishes the workspace's route anew, with more. */
async function republish(workspace: string, more: { directory?: string; focusedAt?: string }): Promise<void> {
  const endpoint = fixture.guests.get(workspace)!.endpoint;
  await fixture.proxy.publish({ workspace, endpoint, ports: [port], awaited: [], ...more });
}

/** What a process that stands in that directory gets from plain localhost. */
async function askFrom(cwd: string, host = 'localhost', command: string[] = []): Promise<string> {
  const argv = [...command, 'curl', '-s', '--noproxy', '*', `http://${host}:${port}/`];
  const child: ChildProcess = spawn(argv[0]!, argv.slice(1), { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout!.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  await once(child, 'close');
  return text;
}

describe('plain localhost', () => {
  it('is nobody until it is asked for by whom it belongs to', async () => {
    const answer = await ask(port, { headers: { host: `localhost:${port}` } });
    expect(answer.status).toBe(404);
    expect(answer.body).toContain(`http://one.localhost:${port}/`);
    expect(answer.body).toContain('dual focus');
  });

  it('is the workspace in which the process that asks stands, in whatever way it spells it', async () => {
    await republish('one', { directory: path.join(fixture.dir, 'one') });
    await republish('two', { directory: path.join(fixture.dir, 'two') });
    for (const host of ['localhost', '127.0.0.1', '[::1]']) {
      expect(await askFrom(path.join(fixture.dir, 'one'), host)).toBe(`one ${host}:${port}`);
      expect(await askFrom(path.join(fixture.dir, 'two/deep'), host)).toBe(`two ${host}:${port}`);
    }
    expect(await askFrom(fixture.dir)).toContain('dual focus');
  });

  it('is the one in which an ancestor stands, also through a link', async () => {
    symlinkSync(path.join(fixture.dir, 'one'), path.join(fixture.dir, 'link'));
    await republish('one', { directory: path.join(fixture.dir, 'link') });
    const elsewhere = ['sh', '-c', 'cd / && "$@"; exit', 'sh'];
    expect(
      await askFrom(path.join(fixture.dir, 'one'), 'localhost', ['sh', '-c', '"$@"; exit', 'sh', ...elsewhere]),
    ).toBe(`one localhost:${port}`);
  });

  it('is the one that was focused last, for everybody else', async () => {
    await republish('one', { focusedAt: '2026-01-01T00:00:00Z', directory: path.join(fixture.dir, 'one') });
    await republish('two', { focusedAt: '2026-01-02T00:00:00Z' });
    expect((await ask(port, { headers: { host: `localhost:${port}` } })).body).toBe(`two localhost:${port}`);
    expect(await askFrom(path.join(fixture.dir, 'one'))).toBe(`one localhost:${port}`);
    await republish('two', {});
    expect((await ask(port, { headers: { host: 'localhost' } })).body).toBe('one localhost');
    await republish('one', {});
    expect((await ask(port, { headers: { host: 'localhost' } })).status).toBe(404);
  });

  it('is looked at again on a connection that is kept, once routes have changed', async () => {
    await republish('two', { focusedAt: '2026-01-02T00:00:00Z' });
    const script = `
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
      const ask = () => new Promise((done) => http.get({ port: ${port}, host: '127.0.0.1', agent, headers: { host: 'localhost' } },
        (answer) => answer.on('data', (text) => console.log(String(text))).on('end', done)));
      ask().then(() => process.stdin.once('data', () => ask().then(() => process.exit())));`;
    const child = spawn(process.execPath, ['-e', script], {
      cwd: path.join(fixture.dir, 'one'),
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const [before] = (await once(child.stdout, 'data')) as [Buffer];
    expect(String(before)).toBe('two localhost\n');
    await republish('one', { directory: path.join(fixture.dir, 'one') });
    child.stdin.write('again');
    const [after] = (await once(child.stdout, 'data')) as [Buffer];
    expect(String(after)).toBe('one localhost\n');
    await once(child, 'close');
  });

  it('is answered however often routes and what is told of them change meanwhile', async () => {
    await republish('one', { directory: path.join(fixture.dir, 'one') });
    let changes = 0;
    const change = setInterval(() => {
      changes += 1;
      fixture.proxy.describe('two', { phase: 'Cloning', message: `${changes} %`, conditions: [] });
      void fixture.proxy.publish({ workspace: `other-${changes}`, ports: [], awaited: [] });
    }, 1);
    onTestFinished(() => clearInterval(change));
    expect(await askFrom(path.join(fixture.dir, 'one'))).toBe(`one localhost:${port}`);
    expect(changes).toBeGreaterThan(0);
  });

  it('says so where the one that is meant has no such port', async () => {
    const other = await freePort();
    await fixture.workspace('one', { [other]: (_request, response) => response.end('other') });
    await republish('two', { focusedAt: '2026-01-02T00:00:00Z' });
    await fixture.proxy.publish({
      workspace: 'one',
      endpoint: fixture.guests.get('one')!.endpoint,
      ports: [other],
      awaited: [],
    });
    const answer = await ask(other, { headers: { host: 'localhost' } });
    expect(answer.status).toBe(502);
    expect(answer.body).toContain('two');
  });
});
