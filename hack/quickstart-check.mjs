// The end of the quickstart: waits for the workspaces, shows them, and fetches every URL.
import { execFileSync } from 'node:child_process';
import http from 'node:http';
import path from 'node:path';

const EXPECTED = { 'hello-main': [3000], 'shop-main': [3000, 4000], 'shop-feat-cart': [3000, 4000] };
const TIMEOUT_MS = 10 * 60_000;

const dualctl = path.join(import.meta.dirname, '..', 'dist', 'dualctl.js');

function run(args, stdout = 'inherit') {
  return execFileSync(process.execPath, [dualctl, ...args], { encoding: 'utf8', stdio: ['ignore', stdout, 'inherit'] });
}

/** Connects to the loopback itself: browsers and curl resolve *.localhost by themselves, Node leaves it to the system. */
function fetchStatus(url) {
  const { port, host } = new URL(url);
  return new Promise((resolve) => {
    const request = http.get({ host: '127.0.0.1', port, headers: { host }, timeout: 10_000 }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
    });
    request.on('timeout', () => request.destroy(new Error('no answer')));
    request.on('error', (error) => resolve(error.message));
  });
}

function urls() {
  const { items } = JSON.parse(run(['get', 'workspaces', '-o', 'json'], 'pipe'));
  return new Map(
    items.map(({ metadata, status }) => [
      metadata.name,
      new Map((status?.ports ?? []).map(({ port, url }) => [port, url])),
    ]),
  );
}

/** Ready means that everything that listens is routed; the services themselves may need a moment more to listen. */
async function untilServed(deadline) {
  for (;;) {
    const found = urls();
    const wanted = Object.entries(EXPECTED).flatMap(([name, ports]) => ports.map((port) => found.get(name)?.get(port)));
    const statuses = await Promise.all(wanted.map((url) => (url === undefined ? 'not served yet' : fetchStatus(url))));
    if (statuses.every((status) => status === 200) || Date.now() > deadline)
      return wanted.map((url, index) => [url, statuses[index]]);
    await new Promise((resolve) => {
      setTimeout(resolve, 250);
    });
  }
}

const deadline = Date.now() + TIMEOUT_MS;
run(['wait', '--for=create', ...Object.keys(EXPECTED).map((name) => `workspace/${name}`), '--timeout=60s'], 'ignore');
run(['wait', '--for=condition=Ready', 'workspace', '--all', `--timeout=${TIMEOUT_MS / 1000}s`], 'ignore');
const served = await untilServed(deadline);
run(['get', 'workspaces']);
console.log();
for (const [url, status] of served) console.log(`${String(status).padEnd(4)} ${url}`);
process.exitCode = served.every(([, status]) => status === 200) ? 0 : 1;
