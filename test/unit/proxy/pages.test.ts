import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  badUpstreamPage,
  deadPortPage,
  focusedWithoutPortPage,
  foreignHostPage,
  notRunningPage,
  plainLocalhostPage,
  unknownHostPage,
  workspacePage,
  type Page,
} from '../../../src/proxy/pages.ts';
import { escapeHtml, renderPage, type PageRequest } from '../../../src/proxy/render-page.ts';
import type { Description, Route } from '../../../src/proxy/routes.ts';

const hostile = `<script>alert(1)</script>"'&\u001b]0;x\u0007\r\n\u202e`;
const lost: Route = { workspace: 'one', ports: [], awaited: [3000, 5173] };
const found: Route = { ...lost, ports: [80, 443, 3000], endpoint: { socket: '/nowhere' } };

const NAMES = ['CloneReady', 'ImageReady', 'ContainerReady', 'SessionReady', 'RouteReady'];

function described(phase: string, message: string, reason = phase): Description {
  const conditions = NAMES.map((type, index) =>
    index === 0
      ? { type, status: 'True', reason: 'Cloned', message: 'cloned' }
      : index === 1
        ? { type, status: 'False', reason, message }
        : { type, status: 'Unknown', reason: 'Waiting', message: 'waits for ImageReady' },
  );
  return { phase, message, conditions };
}

function answer(page: Page, request: Partial<PageRequest> = {}): { head: string; body: string } {
  const all = { accept: 'text/html,*/*;q=0.8', method: 'GET', secure: false, keepAlive: true, ...request };
  const [head = '', ...body] = renderPage(page, all).toString().split('\r\n\r\n');
  return { head, body: body.join('\r\n\r\n') };
}

/** As curl gets it. */
function line(page: Page): string {
  return answer(page, { accept: '*/*' }).body;
}

describe('pages that hold what others have written', () => {
  const pages = [
    notRunningPage({ ...lost, workspace: hostile }, described(hostile, hostile, hostile), 3000),
    deadPortPage(found, described('Ready', hostile, hostile), 3000, hostile),
    badUpstreamPage(found, 3000, hostile),
    unknownHostPage(hostile, 3000, ['one']),
    foreignHostPage(hostile),
  ];

  it('escape all of it in HTML', () => {
    for (const page of pages) {
      const { body } = answer({ ...page, live: undefined });
      expect(body).not.toContain('<script');
      expect(body).not.toMatch(/[\u001b\u0007\u202e\r]/);
      expect(body).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;');
      expect(body).not.toMatch(/ (src|style|on\w+)=/);
    }
  });

  it('are one line without control characters as text', () => {
    for (const text of pages.map(line)) expect(text).toMatch(/^[^\p{Cc}\p{Cf}]+\n$/u);
  });

  it('have a head of which no line is theirs', () => {
    const { head } = answer({ ...pages[0]!, headers: { Allow: `GET${hostile}Set-Cookie: x` } });
    expect(head).not.toMatch(/^Set-Cookie/m);
    expect(head.split('\r\n')).toContain(`Allow: GET<script>alert(1)</script>"'& ]0;x Set-Cookie: x`);
  });

  it('cut off what is endless', () => {
    const long = notRunningPage(lost, described('Building', 'é'.repeat(100_000)), 3000);
    expect(renderPage(long, { accept: '*/*', method: 'GET', secure: false, keepAlive: true }).length).toBeLessThan(
      5_000,
    );
  });
});

describe('the answer', () => {
  const page = notRunningPage(lost, described('Building', 'step 2 of 9'), 3000);

  it('is complete, small and not kept', () => {
    const { head, body } = answer(page);
    expect(head).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\nContent-Type: text\/html; charset=utf-8\r\n/);
    expect(head).toContain(`\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`);
    expect(head).toContain('\r\nCache-Control: no-store\r\n');
    expect(head).toContain('\r\nConnection: keep-alive');
    expect(Buffer.byteLength(head) + Buffer.byteLength(body)).toBeLessThan(8 * 1024);
    expect(answer(page, { keepAlive: false }).head).toContain('\r\nConnection: close');
    const { head: textHead, body: text } = answer(page, { accept: undefined });
    expect(textHead).toContain('\r\nContent-Type: text/plain; charset=utf-8\r\n');
    expect(textHead).toContain(`\r\nContent-Length: ${Buffer.byteLength(text)}\r\n`);
  });

  it('to HEAD is its head', () => {
    const { head, body } = answer(page, { method: 'HEAD', accept: '*/*' });
    expect(body).toBe('');
    expect(head).toContain(`\r\nContent-Length: ${Buffer.byteLength(line(page))}\r\n`);
  });

  it('allows its own style and script by their hashes, and nothing else', () => {
    const { head, body } = answer(page);
    const policy = /Content-Security-Policy: (.*)/.exec(head)![1]!;
    for (const tag of ['style', 'script']) {
      const text = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(body)![1]!;
      const hash = createHash('sha256').update(text).digest('base64');
      expect(policy).toContain(`${tag}-src 'sha256-${hash}'`);
    }
    expect(policy).toMatch(/^default-src 'none'; /);
    expect(policy).not.toContain('unsafe');
  });

  it('is followed where a browser asked for it, and never where that would send something again', () => {
    expect(answer(page).body).toContain('data-live="arrival"');
    expect(answer(page, { method: 'POST' }).body).not.toMatch(/data-live|<script|http-equiv/);
    expect(answer(page, { method: 'POST' }).head).not.toContain('script-src');
    expect(answer(unknownHostPage('x', 3000, [])).body).not.toMatch(/data-live|<script|http-equiv/);
  });

  it('links to what speaks as it was asked itself', () => {
    const links = (secure: boolean): string[] =>
      [...answer(deadPortPage(found, described('Ready', ''), 3000), { secure }).body.matchAll(/href="([^d"]+)"/g)].map(
        ([, url]) => url!,
      );
    expect(links(false)).toEqual(['http://one.localhost/', 'http://one.localhost:443/']);
    expect(links(true)).toEqual(['https://one.localhost:80/', 'https://one.localhost/']);
  });
});

describe('a workspace that does not run', () => {
  const page = (phase: string, reason = phase): Page =>
    notRunningPage(lost, described(phase, 'the reason', reason), 3000);

  it.each([
    ['Pending', 'waits for its project', 'Try: dualctl describe workspace one', '1'],
    ['Cloning', 'is being cloned', 'Try: dualctl describe workspace one', '1'],
    ['Building', 'is being built', 'Try: dualctl describe workspace one', '1'],
    ['Starting', 'is starting', 'Try: dualctl describe workspace one', '1'],
    ['Lazy', 'is being made real', 'because of this request', '1'],
    ['Stopped', 'is stopped', 'Try: dual start one', '10'],
    ['Terminating', 'is being deleted', 'is kept', '10'],
  ])('tells what it is, why, and what helps: %s', (phase, title, help, retryAfter) => {
    const { status, title: whole, headers, live } = page(phase);
    expect({ status, whole, headers, live }).toEqual({
      status: 503,
      whole: `one ${title}`,
      headers: { 'Retry-After': retryAfter },
      live: 'arrival',
    });
    expect(line(page(phase))).toContain(`Workspace one is ${phase}: the reason. `);
    expect(line(page(phase))).toContain(help);
    expect(line(page(phase))).toContain('http://one.localhost:5173/');
  });

  it('lists its conditions, each with a mark and a word', () => {
    const { body } = answer(page('Building'));
    const items = [...body.matchAll(/<li class="(\w+)"><i aria-hidden="true">(.)<\/i><b>(\w+)<\/b><em>(.*?)<\/em>/g)];
    expect(items.map(([, ...parts]) => parts)).toEqual([
      ['done', '✓', 'CloneReady', 'done'],
      ['busy', '●', 'ImageReady', 'under way'],
      ...NAMES.slice(2).map((name) => ['waiting', '○', name, 'waiting']),
    ]);
    expect(body).toContain('<small>Cloned: cloned</small>');
    expect(body).toContain('<small>Waiting: waits for ImageReady</small>');
  });

  it('says whether what has failed is tried again', () => {
    const failed = page('Building', 'BuildFailed');
    expect(failed).toMatchObject({
      title: 'one is being built',
      text: expect.stringContaining('tried again') as string,
    });
    expect(answer(failed).body).toContain('<li class="failed"><i aria-hidden="true">✕</i>');
    const description = described('Building', 'the reason', 'BuildFailed');
    description.conditions.push({ type: 'Stalled', status: 'True', reason: 'BuildFailed', message: 'the reason' });
    const stalled = notRunningPage(lost, description, 3000);
    expect(stalled).toMatchObject({ title: 'one cannot be started', headers: { 'Retry-After': '10' } });
    expect(answer(stalled).body).not.toContain('Stalled');
  });

  it('that is Lazy is told of otherwise when another site has asked for it', () => {
    const asleep = notRunningPage(lost, described('Lazy', 'made real on first use'), 3000, false);
    expect(asleep.title).toBe('one is not made yet');
    expect(line(asleep)).toContain('Try: dual attach one');
  });
});

describe('a port that does not answer', () => {
  const ready = described('Ready', 'the workspace is ready');

  it('is told of with those that do', () => {
    const page = deadPortPage(found, ready, 8080);
    expect(page).toMatchObject({ status: 502, live: 'arrival', title: 'Port 8080 of one does not answer' });
    expect(line(page)).toBe(
      'Workspace one is Ready. Nothing in one listens on port 8080. It serves: http://one.localhost/ http://one.localhost:443/ http://one.localhost:3000/ Try: dual logs one\n',
    );
    expect(workspacePage(found, ready, 8080)).toEqual(page);
  });

  it('although it is listened on has to go away before it is waited for', () => {
    const page = deadPortPage(found, ready, 3000, 'The connection was refused.');
    expect(page).toMatchObject({ live: 'return', text: 'The connection was refused.' });
  });

  it('since it is plain TCP is told of by its address', () => {
    const route = { ...found, tcp: { address: '127.1.2.3', ports: [3000, 5432] } };
    expect(line(deadPortPage(route, ready, 5432))).toContain('it is plain TCP, at 127.1.2.3:5432.');
    expect(line(deadPortPage(route, ready, 3000, 'Refused.'))).toContain('Refused.');
  });

  it('may be one of plain localhost', () => {
    const text = line(focusedWithoutPortPage(found, ready, 8080));
    expect(text).toContain('Plain localhost is pointed at one, where nothing listens on port 8080.');
    expect(line(plainLocalhostPage(3000, ['one', 'two']))).toMatch(
      /http:\/\/one\.localhost:3000\/ http:\/\/two\.localhost:3000\/ Try: dual focus one\n$/,
    );
    expect(line(plainLocalhostPage(3000, []))).toContain('No workspace serves port 3000 at the moment.');
  });
});

describe('a name from elsewhere', () => {
  it('is told of no workspace', () => expect(foreignHostPage('evil.example').links).toBeUndefined());
});

describe('escapeHtml', () => {
  it('leaves plain text as it is', () => expect(escapeHtml('zwölf 🙂 = 12')).toBe('zwölf 🙂 = 12'));
});
