import { createHash } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { SCRIPT } from './page-script.ts';
import { STYLE } from './page-style.ts';
import { viewOf, type PageView } from './page-view.ts';
import type { Page } from './pages.ts';

/** What of a request the answer depends on. */
export interface PageRequest {
  accept: string | undefined;
  method: string;
  /** Whether it came over TLS. */
  secure: boolean;
  /** Whether its connection may carry another one. */
  keepAlive: boolean;
}

/** Pages may be shown by other pages of this machine and by editors, never by a site from elsewhere. */
const ANCESTORS = [
  "'self'",
  ...['http://localhost:*', 'http://*.localhost:*', 'https://localhost:*', 'https://*.localhost:*'],
  ...['http://127.0.0.1:*', 'vscode-webview:', 'vscode-file:'],
];

const CONTENT = [
  "default-src 'none'",
  `style-src ${hashOf(STYLE)}`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  `frame-ancestors ${ANCESTORS.join(' ')}`,
].join('; ');
const LIVE_CONTENT = `${CONTENT}; script-src ${hashOf(SCRIPT)}; connect-src 'self'`;

/** The complete answer: HTML where the client asks for it (a browser), else one line of text (curl). */
export function renderPage(page: Page, request: PageRequest): Buffer {
  const html = /\btext\/html\b/i.test(request.accept ?? '');
  // What was sent once is not sent again behind the user's back.
  const live = html && request.method === 'GET' ? page.live : undefined;
  const view = viewOf(page, request.secure);
  const body = Buffer.from(html ? renderHtml(view, page.status, live) : `${renderText(view)}\n`);
  const headers: Record<string, string> = {
    'Content-Type': `text/${html ? 'html' : 'plain'}; charset=utf-8`,
    'Content-Length': String(body.length),
    'Cache-Control': 'no-store',
    'Content-Security-Policy': live ? LIVE_CONTENT : CONTENT,
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    Vary: 'Accept',
    Connection: request.keepAlive ? 'keep-alive' : 'close',
    ...page.headers,
  };
  const head = Buffer.from(`${statusLine(page.status)}${headerLines(headers)}\r\n`, 'latin1');
  return request.method === 'HEAD' ? head : Buffer.concat([head, body]);
}

function renderText({ state, text, linksTitle, links, commands }: PageView): string {
  const [first] = commands;
  const help = first ? `Try: ${first.command}` : '';
  return [state, text, links.length > 0 ? `${linksTitle}:` : '', ...links, help].filter(Boolean).join(' ');
}

const HINTS: Record<NonNullable<Page['live']>, string> = {
  arrival: 'This page moves on by itself once the port answers.',
  return: 'This page moves on by itself once the port has come back.',
};

function renderHtml(view: PageView, status: number, live: Page['live']): string {
  const title = escapeHtml(view.title);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
${live ? '<noscript><meta http-equiv="refresh" content="5"></noscript>' : ''}
</head>
<body${live ? ` data-live="${live}"` : ''}>
<main>
<h1 id="title">${title}</h1>
<p id="state" role="status">${escapeHtml(view.state)}</p>
<p id="text">${escapeHtml(view.text)}</p>
${live ? `<p id="hint">${HINTS[live]}</p>` : ''}
${conditionList(view)}
${linkList(view)}
${commandList(view)}
</main>
<footer><p>${status} ${STATUS_CODES[status] ?? ''}, from Dual</p></footer>
${live ? `<script>${SCRIPT}</script>` : ''}
</body>
</html>
`;
}

// Without spaces between the items: the script compares them by their text.

function conditionList({ conditions }: PageView): string {
  const items = conditions.map(
    ({ type, look, mark, word, detail }) =>
      `<li class="${look}"><i aria-hidden="true">${mark}</i><b>${escapeHtml(type)}</b>` +
      `<em>${word}</em><small>${escapeHtml(detail)}</small></li>`,
  );
  return section('<h2>Conditions</h2>', 'ul id="conditions"', items);
}

function linkList({ linksTitle, links }: PageView): string {
  const items = links.map((link) => `<li><a href="${escapeHtml(link)}">${escapeHtml(link)}</a></li>`);
  return section(`<h2 id="linksTitle">${escapeHtml(linksTitle)}</h2>`, 'ul id="links"', items);
}

function commandList({ commands }: PageView): string {
  const items = commands.map(
    ({ command, purpose }) => `<dt><code>${escapeHtml(command)}</code></dt><dd>${escapeHtml(purpose)}</dd>`,
  );
  return section('<h2>What helps</h2>', 'dl id="commands"', items);
}

/** There even when empty, for what may come. */
function section(heading: string, list: string, items: string[]): string {
  const [tag] = list.split(' ');
  return `<section${items.length > 0 ? '' : ' hidden'}>${heading}<${list}>${items.join('')}</${tag}></section>`;
}

export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

function statusLine(status: number): string {
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\n`;
}

/** Nothing in a value ends its line. */
function headerLines(headers: Record<string, string>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value.replace(/[^\t\x20-\x7e]+/g, ' ')}\r\n`)
    .join('');
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
