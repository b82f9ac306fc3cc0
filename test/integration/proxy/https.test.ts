import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import type http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createAuthority } from '../../../src/proxy/tls/authority.ts';
import { eventually } from '../../support/eventually.ts';
import { ask, createProxyFixture, echo, echoed, freePort, type ProxyFixture } from '../../support/proxy-fixture.ts';

let fixture: ProxyFixture;
let port: number;
let ca: string;

beforeEach(async () => {
  fixture = await createProxyFixture(['127.0.0.1']);
  port = await freePort();
  ca = path.join(fixture.dir, 'ca');
});
afterEach(() => fixture.close());

async function askSecurely(name: string): Promise<{ status: number; body: string }> {
  const request = https.get({
    ...{ host: '127.0.0.1', port, servername: name, agent: false, headers: { host: `${name}:${port}` } },
    ca: readFileSync(path.join(ca, 'ca.pem')),
  });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  return { status: response.statusCode!, body: (await response.toArray()).join('') };
}

it('is served on the same port once there is an authority, and no longer without it', async () => {
  await fixture.workspace('one', { [port]: echo });
  createAuthority(ca, { user: 'me', host: 'here' }, Date.now());
  const { status, body } = await askSecurely('one.localhost');
  expect(status).toBe(200);
  expect(echoed({ body }).headers).toMatchObject({ host: `one.localhost:${port}`, 'x-forwarded-proto': 'https' });
  expect((await askSecurely('other.localhost')).body).toContain(`https://one.localhost:${port}/`);
  expect((await ask(port, { headers: { host: 'one.localhost' } })).status).toBe(200);
  const authority = readFileSync(path.join(ca, 'ca.pem'));
  rmSync(ca, { recursive: true });
  const refused = https.get({ host: '127.0.0.1', port, servername: 'one.localhost', agent: false, ca: authority });
  await expect(once(refused, 'response')).rejects.toThrow();
});

it('brings the answer that is under way to its end when the port is let go', async () => {
  const waiting: http.ServerResponse[] = [];
  await fixture.workspace('one', {
    [port]: (_request, response) => {
      response.write('first ');
      waiting.push(response);
    },
  });
  createAuthority(ca, { user: 'me', host: 'here' }, Date.now());
  const answer = askSecurely('one.localhost');
  await eventually(() => expect(waiting).toHaveLength(1));
  const { endpoint } = fixture.guests.get('one')!;
  await fixture.proxy.publish({ workspace: 'one', endpoint, ports: [], awaited: [] });
  waiting[0]!.end('last');
  expect((await answer).body).toBe('first last');
  await eventually(() => expect(fixture.proxy.connections()).toBe(0));
});
