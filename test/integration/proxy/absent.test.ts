import { once } from 'node:events';
import http from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WatchMessage } from '../../../src/proxy/protocol.ts';
import { eventually } from '../../support/eventually.ts';
import { ask, createProxyFixture, freePort, type ProxyFixture } from '../../support/proxy-fixture.ts';

let fixture: ProxyFixture;
let port: number;
let wanted: string[];
const watch = (): (() => void) =>
  fixture.proxy.watch((message: WatchMessage) => {
    if (message.type === 'wanted') wanted.push(message.workspace);
  });
let unwatch: () => void;

beforeEach(async () => {
  fixture = await createProxyFixture(['127.0.0.1']);
  port = await freePort();
  wanted = [];
  unwatch = watch();
  await fixture.proxy.publish({ workspace: 'lazy', ports: [], awaited: [port] });
  describeLazy('Lazy', 'made real on first use');
});
afterEach(() => fixture.close());

function describeLazy(phase: string, message: string): void {
  const conditions = [{ type: 'CloneReady', status: 'False', reason: phase, message }];
  fixture.proxy.describe('lazy', { phase, message, conditions });
}

const headers = { host: 'lazy.localhost' };

it('a request to a workspace that is not there is told of, once for many, and answered with where it stands', async () => {
  const answers = await Promise.all([1, 2, 3].map(() => ask(port, { headers })));
  for (const answer of answers) {
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    expect(answer.body).toMatch(/^[^\n]*lazy[^\n]*\n$/);
  }
  expect(wanted).toEqual(['lazy']);
});

describe('what is wanted while nobody watches', () => {
  beforeEach(async () => {
    unwatch();
    await Promise.all([1, 2].map(() => ask(port, { headers })));
  });

  it('is told to the next who does, once', () => {
    expect(wanted).toEqual([]);
    watch();
    watch();
    expect(wanted).toEqual(['lazy']);
  });

  it('is forgotten when the workspace goes', () => {
    fixture.proxy.withdraw('lazy');
    watch();
    expect(wanted).toEqual([]);
  });

  it('is forgotten when the workspace is there', async () => {
    await fixture.workspace('lazy', { [port]: (_request, answer) => answer.end('here') });
    watch();
    expect(wanted).toEqual([]);
  });
});

it('a page from elsewhere makes nothing real behind the back of whoever looks at it', async () => {
  const foreign = {
    ...headers,
    'Sec-Fetch-Site': 'cross-site',
    'Sec-Fetch-Mode': 'no-cors',
    'Sec-Fetch-Dest': 'image',
  };
  expect((await ask(port, { headers: foreign })).status).toBe(503);
  expect((await ask(port, { headers: { ...headers, Origin: 'https://evil.example' } })).status).toBe(503);
  expect(wanted).toEqual([]);
  await ask(port, { headers: { ...foreign, 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' } });
  expect(wanted).toEqual(['lazy']);
});

/** Asks as the script of a page does. */
async function follow(): Promise<{ request: http.ClientRequest; response: http.IncomingMessage }> {
  const asked = { ...headers, 'Dual-Progress': 'arrival' };
  const request = http.get({ host: '127.0.0.1', port, agent: false, headers: asked });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  return { request, response };
}

it('progress is followed live, until the port answers', async () => {
  const { response } = await follow();
  expect(response.headers['content-type']).toBe('application/x-dual-progress');
  let text = '';
  response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  const ended = once(response, 'end');
  await eventually(() => expect(text).toContain('made real on first use'));
  describeLazy('Cloning', 'received 40 %');
  await eventually(() => expect(text).toContain('received 40 %'));
  await fixture.workspace('lazy', { [port]: (_request, answer) => answer.end('here') });
  await ended;
  for (const line of text.split('\n').filter(Boolean)) expect(JSON.parse(line)).toHaveProperty('phase');
  expect((await ask(port, { headers })).body).toBe('here');
});

it('whoever follows and goes leaves nothing behind', async () => {
  const { request, response } = await follow();
  response.on('error', () => response.destroy());
  request.destroy();
  await eventually(() => expect(fixture.proxy.connections()).toBe(0));
  describeLazy('Cloning', 'goes on');
});
