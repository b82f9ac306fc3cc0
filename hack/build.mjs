// Makes dist/: the entry points as ES modules, npm packages left outside, except for guest.js, which is one file that needs
// nothing but Node. usage: node hack/build.mjs [--release]    (--release: every entry point has to be there)
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const root = path.resolve(import.meta.dirname, '..');
const dist = path.join(root, 'dist');
const release = process.argv.includes('--release');

const hostEntries = {
  dual: 'src/cli/dual/main.ts',
  dualctl: 'src/cli/dualctl/main.ts',
  daemon: 'src/daemon/main.ts',
  proxy: 'src/proxy/main.ts',
};
const guestEntries = { guest: 'src/guest/main.ts' };
const executables = new Set(['dual.js', 'dualctl.js']);
const shebang = '#!/usr/bin/env node\n';

/** esbuild's CommonJS shim looks for a global `require`, which ES modules do not have. */
const requireBanner = `import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);`;

/** Inside a container there are no node_modules: node-pty's native part is the pty.node that lies next to guest.js. */
const ptyBesideGuest = {
  name: 'pty-beside-guest',
  setup(plugin) {
    plugin.onLoad({ filter: /@lydell[\\/]node-pty[\\/]requireBinary\.js$/ }, () => ({
      contents: 'exports.requireBinary = (file) => require("./" + file);',
      loader: 'js',
    }));
  },
};

const common = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  outdir: 'dist',
  write: false,
  logLevel: 'warning',
  legalComments: 'none',
};

function present(entries) {
  const missing = Object.entries(entries).filter(([, file]) => !existsSync(path.join(root, file)));
  for (const [name, file] of missing) console.error(`hack/build: ${file} is missing, dist/${name}.js is left out`);
  if (missing.length > 0 && release) process.exit(1);
  return Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(path.join(root, file))));
}

/** Replaces the file in one step and only when its content differs, since a daemon may be running from it. */
function put(file, contents) {
  if (existsSync(file) && readFileSync(file).equals(contents)) return;
  mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, contents);
  if (executables.has(path.basename(file))) chmodSync(temporary, 0o755);
  renameSync(temporary, file);
}

function withShebang(file, contents) {
  const text = Buffer.from(contents);
  if (!executables.has(path.basename(file)) || text.subarray(0, 2).toString() === '#!') return text;
  return Buffer.concat([Buffer.from(shebang), text]);
}

const ptyPackages = readdirSync(path.join(root, 'node_modules/@lydell')).filter(
  (name) => name === `node-pty-linux-${process.arch}`,
);

const results = await Promise.all([
  build({
    ...common,
    entryPoints: present(hostEntries),
    packages: 'external',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
  }),
  build({ ...common, entryPoints: present(guestEntries), banner: { js: requireBanner }, plugins: [ptyBesideGuest] }),
]);

const kept = new Set();
for (const { path: file, contents } of results.flatMap((result) => result.outputFiles ?? [])) {
  put(file, withShebang(file, contents));
  kept.add(file);
}
for (const name of ptyPackages) {
  const target = path.join(dist, 'pty.node');
  put(target, readFileSync(path.join(root, 'node_modules/@lydell', name, 'pty.node')));
  kept.add(target);
}
for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  const file = path.join(entry.parentPath, entry.name);
  if (entry.isFile() && !kept.has(file)) rmSync(file);
}
