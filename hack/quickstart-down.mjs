// Takes the quickstart away: workspaces, images, proxy and daemon. A clone that holds unsaved work is kept, and named; then exit code 3.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

const home = process.env.DUAL_HOME;
const dist = path.join(import.meta.dirname, '..', 'dist');

function run(command, args, input = '') {
  const stdio = ['pipe', 'pipe', 'inherit'];
  return execFileSync(process.execPath, [path.join(dist, command), ...args], { encoding: 'utf8', stdio, input });
}

/** Paths of what lies two levels below a directory: {project}/{branch}. */
function clones() {
  const root = path.join(home, 'workspaces');
  if (!existsSync(root)) return [];
  const projects = readdirSync(root).filter((name) => !name.startsWith('.'));
  return projects.flatMap((project) =>
    readdirSync(path.join(root, project)).map((name) => path.join(root, project, name)),
  );
}

const { items } = JSON.parse(run('dualctl.js', ['get', 'workspaces', '-o', 'json']));
// In sandboxes there are none.
const images = [...new Set(items.map(({ status }) => status?.image?.ref).filter(Boolean))];
for (const { apiVersion, kind, metadata, spec } of items) {
  const object = { apiVersion, kind, metadata: { name: metadata.name }, spec: { ...spec, deletionPolicy: 'Delete' } };
  run('dualctl.js', ['apply', '-f', '-'], JSON.stringify(object));
}
rmSync(path.join(home, 'manifests'), { recursive: true, force: true });
if (items.length > 0) process.stdout.write(run('dualctl.js', ['delete', 'workspaces', '--all', '--timeout=120s']));
process.stdout.write(run('dualctl.js', ['delete', 'projects', '--all', '--timeout=60s']));
run('dual.js', ['daemon', 'stop']);
for (const image of images)
  execFileSync('docker', ['image', 'rm', '--', image], { stdio: ['ignore', 'ignore', 'inherit'] });

const kept = clones();
for (const clone of kept) console.error(`kept, since it holds work that exists nowhere else: ${clone}`);
process.exitCode = kept.length > 0 ? 3 : 0;
