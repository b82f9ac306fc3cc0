import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import {
  ask,
  createProxyFixture,
  echo,
  echoed,
  freePort,
  sendRaw,
  type ProxyFixture,
} from '../../support/proxy-fixture.ts';

let fixture: ProxyFixture;
let port: number;

beforeEach(async () => {
  fixture = await createProxyFixture();
  port = await freePort();
});
afterEach(() => fixture.close());

describe('requests', () => {
  it('reach the workspace that Host names, on both families, in any spelling', async () => {
    await fixture.workspace('one', { [port]: (_request, response) => response.end('one') });
    await fixture.workspace('two', { [port]: (_request, response) => response.end('two') });
    const spellings = ['one.localhost', `one.localhost:${port}`, `ONE.LocalHost:${port}`, `one.localhost.:${port}`];
    for (const host of spellings) {
      expect(await ask(port, { headers: { host } })).toMatchObject({ status: 200, body: 'one' });
    }
    expect((await ask(port, { host: '::1', headers: { host: 'two.localhost' } })).body).toBe('two');
  });

  it('arrive as they were sent, with X-Forwarded headers of the proxy alone', async () => {
    await fixture.workspace('one', { [port]: echo });
    const host = `one.localhost:${port}`;
    const answer = echoed(
      await ask(port, {
        method: 'POST',
        path: '/a//b/../c?x=//y&z=%2F',
        body: 'hello',
        headers: {
          Host: host,
          Origin: `http://${host}`,
          'X-Twice': ['1', '2'],
          'X-Forwarded-For': '6.6.6.6',
          'X-Forwarded-Host': 'evil',
          'X-Forwarded-Prefix': '/evil',
          Forwarded: 'for=6.6.6.6',
          'Proxy-Connection': 'keep-alive',
          'X-Hop': '1',
          Connection: 'close, X-Hop, Host, Content-Length',
        },
      }),
    );
    expect(answer).toMatchObject({ method: 'POST', url: '/a//b/../c?x=//y&z=%2F', body: 'hello' });
    expect(answer.headers).toMatchObject({
      host,
      origin: `http://${host}`,
      'x-twice': '1, 2',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': host,
      'x-forwarded-proto': 'http',
      'x-forwarded-port': `${port}`,
      forwarded: `for=127.0.0.1;host="${host}";proto=http`,
    });
    const names = answer.rawHeaders.filter((_, index) => index % 2 === 0);
    expect(names).toContain('X-Twice');
    for (const name of ['X-Forwarded-Prefix', 'Proxy-Connection', 'X-Hop']) expect(names).not.toContain(name);
  });

  it('without a body stay without one', async () => {
    await fixture.workspace('one', { [port]: echo });
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']) {
      for (const length of ['', 'Content-Length: 0\r\n']) {
        const text = `${method} / HTTP/1.1\r\nHost: one.localhost\r\nConnection: close\r\n${length}\r\n`;
        const answer = await sendRaw(port, text);
        expect(answer).toContain(`{"method":"${method}"`);
        expect(answer).not.toContain('chunked","');
      }
    }
  });

  it('of one keep-alive connection are each routed by their own Host', async () => {
    await fixture.workspace('one', { [port]: (_request, response) => response.end('one') });
    await fixture.workspace('two', { [port]: (_request, response) => response.end('two') });
    const text = ['one', 'two', 'nobody', 'one'].map((name) => `GET / HTTP/1.1\r\nHost: ${name}.localhost\r\n`);
    const answer = await sendRaw(port, `${text.join('\r\n')}Connection: close\r\n\r\n`);
    expect(answer.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 404', 'HTTP/1.1 200']);
    expect(answer.match(/\r\n\r\n(?:3\r\n)?(one|two)/g)?.map((match) => match.slice(-3))).toEqual([
      'one',
      'two',
      'one',
    ]);
  });

  it('share connections to the service, and survive its closing of an idle one', async () => {
    const server = http.createServer((_request, response) => response.end('ok'));
    await fixture.workspace('one', { [port]: server });
    const guest = fixture.guests.get('one');
    const headers = { host: 'one.localhost' };
    for (let i = 0; i < 5; i += 1) expect((await ask(port, { headers })).status).toBe(200);
    expect(guest?.tunnels()).toBe(1);
    server.closeIdleConnections();
    expect((await ask(port, { headers })).status).toBe(200);
    await eventually(() => expect(guest?.openTunnels()).toBe(1));
  });

  it('leave nothing behind on a connection that the service closes as they come', async () => {
    const seen = new WeakSet<net.Socket>();
    const server = http.createServer((request, response) => {
      if (seen.has(request.socket)) request.socket.end();
      else response.end('ok');
      seen.add(request.socket);
    });
    await fixture.workspace('one', { [port]: server });
    const headers = { host: 'one.localhost' };
    for (let i = 0; i < 6; i += 1) expect((await ask(port, { headers })).body).toBe('ok');
    await eventually(() => expect(fixture.guests.get('one')?.openTunnels()).toBeLessThanOrEqual(1));
  });

  it('with a body never go on a connection that may just have been closed', async () => {
    const server = http.createServer(echo);
    await fixture.workspace('one', { [port]: server });
    for (let i = 0; i < 5; i += 1) {
      await ask(port, { headers: { host: 'one.localhost' } });
      server.closeIdleConnections();
      const answer = await ask(port, { method: 'POST', body: `${i}`, headers: { host: 'one.localhost' } });
      expect(echoed(answer).body).toBe(`${i}`);
    }
    // The kept one at most: what is used once does not stay behind.
    await eventually(() => expect(fixture.guests.get('one')?.openTunnels()).toBeLessThanOrEqual(1));
  });

  it('carry chunked bodies and trailers both ways', async () => {
    await fixture.workspace('one', {
      [port]: (request, response) => {
        response.writeHead(200, { Trailer: 'X-Sum' });
        request.pipe(response, { end: false });
        request.on('end', () => {
          response.addTrailers({ 'X-Sum': `${request.trailers['x-in']}!` });
          response.end();
        });
      },
    });
    const answer = await sendRaw(
      port,
      'POST / HTTP/1.1\r\nHost: one.localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nTrailer: X-In\r\n\r\n' +
        '5\r\nhello\r\n6\r\n world\r\n0\r\nX-In: 11\r\n\r\n',
    );
    expect(answer).toMatch(/hello[^]*world[^]*\r\n0\r\nX-Sum: 11!\r\n\r\n$/);
  });

  it('do not smuggle a second one in a body, whatever the method', async () => {
    const seen: string[] = [];
    await fixture.workspace('one', {
      [port]: (request, response) => {
        seen.push(request.url ?? '');
        request.resume().on('end', () => response.end('ok'));
      },
    });
    const inner = 'GET /smuggled HTTP/1.1\r\nA: b\r\n\r\n';
    for (const method of ['DELETE', 'OPTIONS', 'GET', 'POST']) {
      await sendRaw(
        port,
        `${method} /${method} HTTP/1.1\r\nHost: one.localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n` +
          `${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`,
      );
    }
    await ask(port, { path: '/after', headers: { host: 'one.localhost' } });
    expect(seen).toEqual(['/DELETE', '/OPTIONS', '/GET', '/POST', '/after']);
  });

  it('get the answers of HEAD, 204, 304, and of HTTP/1.0', async () => {
    const answers: Record<string, string> = {
      '/204': '204 No Content\r\n\r\n',
      '/304': '304 Not Modified\r\nETag: "x"\r\n\r\n',
      '/length': '200 OK\r\nContent-Length: 5\r\nTrailer: X-T\r\n\r\nhello',
      '/chunked': '200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n5\r\nchunk\r\n0\r\nX-T: 1\r\n\r\n',
      '/until-closed': '200 OK\r\n\r\nto the end',
    };
    const server = net.createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.once('data', (data) => {
        const [method, path = ''] = data.toString().split(' ');
        const answer = `HTTP/1.1 ${answers[path]}`;
        socket.end(method === 'HEAD' ? answer.replace(/\r\n\r\n[^]*/, '\r\n\r\n') : answer);
      });
    });
    await fixture.workspace('one', { [port]: server });
    const headers = { host: 'one.localhost' };
    const head = await ask(port, { method: 'HEAD', path: '/length', headers });
    expect([head.status, head.headers['content-length'], head.body]).toEqual([200, '5', '']);
    expect((await ask(port, { method: 'HEAD', path: '/chunked', headers })).status).toBe(200);
    expect((await ask(port, { path: '/204', headers })).status).toBe(204);
    expect((await ask(port, { path: '/304', headers })).headers.etag).toBe('"x"');
    expect((await ask(port, { path: '/length', headers })).body).toBe('hello');
    expect((await ask(port, { path: '/until-closed', headers })).body).toBe('to the end');
    const old = await sendRaw(port, 'GET /chunked HTTP/1.0\r\nHost: one.localhost\r\n\r\n');
    expect(old).toMatch(/^HTTP\/1.1 200[^]*\r\n\r\nchunk$/);
    expect(old).not.toMatch(/chunked|Trailer/);
  });

  it('that wait for 100-continue get it from the service, or its refusal without having sent the body', async () => {
    const server = http.createServer(echo);
    server.on('checkContinue', (request: http.IncomingMessage, response: http.ServerResponse) => {
      if (request.url === '/refuse') {
        response.writeHead(413, { Connection: 'close' }).end('too large');
        return;
      }
      response.writeContinue();
      echo(request, response);
    });
    await fixture.workspace('one', { [port]: server });
    const send = (path: string): http.ClientRequest =>
      http.request({
        host: '127.0.0.1',
        port,
        path,
        method: 'POST',
        agent: false,
        headers: { host: 'one.localhost', expect: '100-continue', 'content-length': 4 },
      });
    const accepted = send('/accept');
    accepted.flushHeaders();
    await once(accepted, 'continue');
    accepted.end('body');
    const [answer] = (await once(accepted, 'response')) as [http.IncomingMessage];
    expect(echoed({ body: (await answer.toArray()).join('') }).body).toBe('body');
    const refused = send('/refuse');
    let continued = false;
    refused.on('continue', () => (continued = true));
    refused.flushHeaders();
    const [refusal] = (await once(refused, 'response')) as [http.IncomingMessage];
    expect([refusal.statusCode, continued]).toEqual([413, false]);
    refused.on('error', () => refused.destroy());
    refused.destroy();
  });

  it('get early hints', async () => {
    await fixture.workspace('one', {
      [port]: (_request, response) => {
        response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' });
        response.end('ok');
      },
    });
    const request = http.get({ host: '127.0.0.1', port, agent: false, headers: { host: 'one.localhost' } });
    const responded = once(request, 'response') as Promise<[http.IncomingMessage]>;
    const [information] = (await once(request, 'information')) as [http.InformationEvent];
    expect(information).toMatchObject({ statusCode: 103, headers: { link: '</style.css>; rel=preload; as=style' } });
    const [response] = await responded;
    expect((await response.toArray()).join('')).toBe('ok');
  });

  it('in absolute form have to agree with Host', async () => {
    await fixture.workspace('one', { [port]: echo });
    await fixture.workspace('two', { [port]: echo });
    const send = (target: string): Promise<string> =>
      sendRaw(port, `GET ${target} HTTP/1.1\r\nHost: one.localhost:${port}\r\nConnection: close\r\n\r\n`);
    expect(await send(`http://one.localhost:${port}/a?b`)).toContain('"url":"/a?b"');
    expect(await send('http://one.localhost')).toContain('"url":"/"');
    for (const target of [
      'http://two.localhost/',
      'http://one.localhost@two.localhost/',
      'ftp://one.localhost/',
      'a',
    ]) {
      expect(await send(target)).toMatch(/^HTTP\/1.1 400 /);
    }
  });
});
