import type { ServerResponse } from 'node:http';
import type { Page } from './pages.ts';

const STYLE = `:root{color-scheme:light dark;--fg:#1d1f23;--bg:#fbfbfa;--muted:#5b6069;--line:#d9dbdf;--link:#0b57d0}
@media(prefers-color-scheme:dark){:root{--fg:#e6e7ea;--bg:#17181b;--muted:#a3a8b1;--line:#34373d;--link:#8ab4f8}}
body{margin:0;background:var(--bg);color:var(--fg);font:1rem/1.6 system-ui,sans-serif}
main{max-width:42rem;margin:12vh auto;padding:0 1.5rem}
h1{font-size:1.5rem;line-height:1.3;overflow-wrap:anywhere}p,li,dd{overflow-wrap:anywhere}
a{color:var(--link)}code{font:.95em ui-monospace,monospace;overflow-wrap:anywhere}
dl{border-top:1px solid var(--line);margin-top:2rem;padding-top:1rem}dd{margin:0 0 .75rem;color:var(--muted)}
footer{margin-top:2rem;color:var(--muted);font-size:.875rem}`;

/** Answers with a page: HTML where the client asks for it (a browser), else one line of text (curl). */
export function sendPage(response: ServerResponse, page: Page, accept: string | undefined): void {
  const html = /\btext\/html\b/i.test(accept ?? '');
  const body = html ? renderHtml(page) : `${renderText(page)}\n`;
  response.writeHead(page.status, {
    'Content-Type': `text/${html ? 'html' : 'plain'}; charset=utf-8`,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'",
    'X-Content-Type-Options': 'nosniff',
    Vary: 'Accept',
    ...page.headers,
  });
  response.end(body);
}

export function renderText(page: Page): string {
  const links = (page.links ?? []).join(' ');
  const [first] = page.commands ?? [];
  const help = first ? `Try: ${first.command}` : '';
  return [page.text, links, help].filter(Boolean).map(printable).join(' ');
}

export function renderHtml(page: Page): string {
  const links = (page.links ?? []).map((link) => `<li><a href="${escapeHtml(link)}">${escapeHtml(link)}</a></li>`);
  const commands = (page.commands ?? []).map(
    ({ command, purpose }) => `<dt><code>${escapeHtml(command)}</code></dt><dd>${escapeHtml(purpose)}</dd>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(page.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(page.title)}</h1>
<p>${escapeHtml(page.text)}</p>
${list('ul', links)}
${list('dl', commands)}
<footer>${page.status} from Dual's proxy</footer>
</main>
</body>
</html>
`;
}

export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return printable(text).replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

/** On one line, and without what a terminal would act on. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
}

function list(tag: 'ul' | 'dl', items: string[]): string {
  return items.length > 0 ? `<${tag}>\n${items.join('\n')}\n</${tag}>` : '';
}
