import http from 'node:http';
import net from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, createProxyFixture, echo, freePort, sendRaw, type ProxyFixture } from '../../support/proxy-fixture.ts';

let fixture: ProxyFixture;
let port: number;

beforeEach(async () => {
  fixture = await createProxyFixture();
  port = await freePort();
});
afterEach(() => fixture.close());

describe('hosts', () => {
  const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

  it('that are no workspace get a page that lists those which serve the port', async () => {
    await fixture.workspace('one', { [port]: echo });
    await fixture.workspace('two', { [port]: echo });
    const page = await ask(port, { headers: { host: `other.localhost:${port}`, ...browser } });
    expect(page.status).toBe(404);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.body).toContain('other.localhost');
    for (const name of ['one', 'two']) expect(page.body).toContain(`href="http://${name}.localhost:${port}/"`);
    expect(page.body).not.toMatch(/<(script|img)\b|<link\b(?! rel=\"icon\" href=\"data:,\")|@import|url\(/);
    const line = await ask(port, { headers: { host: 'localhost', accept: '*/*' } });
    expect(line.status).toBe(404);
    expect(line.body).toMatch(
      new RegExp(`^Every workspace has ports of its own.*http://one\\.localhost:${port}/ .*\n$`),
    );
    expect(line.body.trimEnd()).not.toContain('\n');
  });

  it('of elsewhere are refused and told nothing', async () => {
    await fixture.workspace('secret', { [port]: echo });
    const hosts = [
      'evil.example',
      'secret.localhost.evil.example',
      '192.168.1.2',
      'secret',
      'secret.localhost:1:2',
      'a b',
      '',
    ];
    for (const host of [...hosts, 'secret.localhost@evil', '%73ecret.localhost', 'secret.localhost/..']) {
      const answer = await sendRaw(port, `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1.1 404 /);
      expect(answer).not.toContain(`http://secret`);
    }
    for (const host of [
      '.secret.localhost',
      'secret..localhost',
      'x.secret.localhost',
      'secret.localhost..',
      'secret_.localhost',
    ]) {
      expect((await ask(port, { headers: { host } })).status).toBe(404);
    }
  });

  it('missing or given twice are refused', async () => {
    await fixture.workspace('one', { [port]: echo });
    expect(await sendRaw(port, 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
    const twice = 'GET / HTTP/1.1\r\nHost: one.localhost\r\nHost: two.localhost\r\nConnection: close\r\n\r\n';
    expect(await sendRaw(port, twice)).toMatch(/^HTTP\/1.1 400 /);
  });

  it('of a workspace whose port is dead get 502, by what is known of it', async () => {
    const other = await freePort();
    await fixture.workspace('one', { [port]: echo, [other]: echo });
    fixture.guests.get('one')?.ports.delete(port);
    const page = await ask(port, { headers: { host: 'one.localhost', ...browser } });
    expect(page.status).toBe(502);
    expect(page.body).toContain(`Port ${port} of one does not answer`);
    expect(page.body).toContain('Workspace one is Ready.');
    expect(page.body).toContain(`http://one.localhost:${other}/`);
    expect(page.body).toContain('dual logs one');
    await fixture.workspace('two', { [await freePort()]: echo });
    const line = await ask(port, { headers: { host: 'two.localhost' } });
    expect(line).toMatchObject({ status: 502, body: expect.stringMatching(/^[^\n]*two[^\n]*\n$/) as string });
    await fixture.guests.get('one')?.close();
    expect((await ask(other, { headers: { host: 'one.localhost' } })).status).toBe(502);
  });

  it('of a workspace that is not there get 503, with its state escaped', async () => {
    await fixture.workspace('other', { [port]: echo });
    const message = 'waiting for <b>"image"</b>\n\u001b[31m';
    fixture.proxy.describe('one', { phase: 'Building', message, conditions: [] });
    await fixture.proxy.publish({ workspace: 'one', ports: [], awaited: [] });
    const page = await ask(port, { headers: { host: 'one.localhost', ...browser } });
    expect(page).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    expect(page.body).toContain('Workspace one is Building: waiting for &lt;b&gt;&quot;image&quot;&lt;/b&gt; ');
    const line = await ask(port, { headers: { host: 'one.localhost' }, method: 'POST', body: 'x' });
    expect(line.body).toMatch(/^Workspace one is Building: waiting for <b>"image"<\/b> \[31m[^\n\u001b]*\n$/);
    fixture.proxy.describe('one', { phase: 'Stopped', message: '', conditions: [] });
    await fixture.proxy.publish({ workspace: 'one', ports: [], awaited: [] });
    expect((await ask(port, { headers: { host: 'one.localhost' } })).body).toContain('dual start one');
    fixture.proxy.withdraw('one');
    expect((await ask(port, { headers: { host: 'one.localhost' } })).status).toBe(404);
  });
});

describe('what a proxy must not do', () => {
  it('CONNECT', async () => {
    await fixture.workspace('one', { [port]: echo });
    const answer = await sendRaw(port, `CONNECT one.localhost:${port} HTTP/1.1\r\nHost: one.localhost:${port}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 405 /);
    expect(answer).toMatch(/\r\nAllow: GET/);
  });

  it('go round in circles', async () => {
    let calls = 0;
    await fixture.workspace('one', {
      [port]: (request, response) => {
        calls += 1;
        const again = http.request({ host: '127.0.0.1', port, headers: request.headers, agent: false }, (answer) => {
          response.writeHead(answer.statusCode ?? 0);
          answer.pipe(response);
        });
        again.end();
      },
    });
    const answer = await ask(port, { headers: { host: 'one.localhost' } });
    expect(answer.status).toBe(508);
    expect(answer.body).toContain('one.localhost');
    expect(calls).toBe(2);
  });

  it('fall over on malformed requests and heads that are too large', async () => {
    await fixture.workspace('one', { [port]: echo });
    const start = 'GET / HTTP/1.1\r\nHost: one.localhost\r\n';
    expect(await sendRaw(port, `${start}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n`)).toMatch(/ 400 /);
    expect(await sendRaw(port, `${start}Content-Length: 3\r\nContent-Length: 4\r\n\r\n`)).toMatch(/ 400 /);
    expect(await sendRaw(port, 'nonsense\r\n\r\n')).toMatch(/ 400 /);
    expect(await sendRaw(port, `${start}X: ${'x'.repeat(70_000)}\r\n\r\n`)).toMatch(/ 431 /);
    expect((await ask(port, { headers: { host: 'one.localhost', cookie: 'x'.repeat(12_000) } })).status).toBe(200);
  });

  it('believe a service that answers nonsense', async () => {
    const server = net.createServer((socket) => socket.on('error', () => socket.destroy()).end('what?\r\n\r\n'));
    await fixture.workspace('one', { [port]: server });
    expect((await ask(port, { headers: { host: 'one.localhost' } })).status).toBe(502);
  });
});
