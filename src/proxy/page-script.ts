import { PROGRESS_HEADER, PROGRESS_TYPE } from './progress-request.ts';

/**
 * Of pages that are followed. Each line of the stream is a whole PageView, put into the document as text; what has not changed is
 * left alone, so that it keeps the focus and is not read out again. An end of the stream says that there is something else to see.
 */
export const SCRIPT = `'use strict';
const byId = (id) => document.getElementById(id);
const node = (tag, text, more) => Object.assign(document.createElement(tag), { textContent: text }, more);
const items = {
  conditions: ({ type, look, mark, word, detail }) => {
    const item = node('li', '', { className: look });
    item.append(node('i', mark, { ariaHidden: 'true' }), node('b', type), node('em', word), node('small', detail));
    return [item];
  },
  links: (url) => {
    const item = node('li', '');
    item.append(node('a', url, { href: url }));
    return [item];
  },
  commands: ({ command, purpose }) => {
    const term = node('dt', '');
    term.append(node('code', command));
    return [term, node('dd', purpose)];
  },
};
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
function write(id, text) {
  if (text !== undefined && byId(id).textContent !== text) byId(id).textContent = text;
}
function show(view) {
  if (view.title) document.title = view.title;
  for (const id of ['title', 'state', 'text', 'linksTitle']) write(id, view[id]);
  for (const id in items) {
    const list = byId(id);
    const nodes = view[id].flatMap(items[id]);
    list.parentNode.hidden = nodes.length === 0;
    if (nodes.map((node) => node.textContent).join('') !== list.textContent) list.replaceChildren(...nodes);
  }
}
async function follow() {
  const headers = { '${PROGRESS_HEADER}': document.body.dataset.live };
  const answer = await fetch(location.origin + location.pathname + location.search, { headers, cache: 'no-store' });
  if (answer.headers.get('content-type') !== '${PROGRESS_TYPE}') return sleep(1000);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = '', part; !(part = await reader.read()).done; ) {
    const lines = (rest + part.value).split('\\n');
    rest = lines.pop();
    for (const line of lines) if (line) show(JSON.parse(line));
    wait = 500;
  }
}
let wait = 500;
async function start() {
  try {
    await follow();
    location.reload();
  } catch {
    write('state', 'The connection to the proxy is lost. It is tried again.');
    await sleep(wait);
    wait = Math.min(wait * 2, 8000);
    start();
  }
}
start();
`;
