// Makes dist/: the entry points as ES modules, npm packages left outside, except for guest.cjs and sessions*.js, which need
// nothing but Node and the pty.node beside them; and as they are the Perl and shell scripts that route commands. usage: node hack/build.mjs
import * as fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { root } from './lib/dependencies.mjs';
import { guestBundle } from './lib/guest-bundle.mjs';

const dist = path.join(root, 'dist');
const executables = new Set(['dual.js', 'dualctl.js', 'shim.pl']);
const shebang = Buffer.from('#!/usr/bin/env node\n');

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

/** What the host runs. Split, so that a command loads no more than it needs. */
const host = build({
  ...common,
  entryPoints: {
    dual: 'src/cli/dual/main.ts',
    dualctl: 'src/cli/dualctl/main.ts',
    daemon: 'src/daemon/main.ts',
    proxy: 'src/proxy/main.ts',
  },
  packages: 'external',
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
});

const guest = build({
  ...common,
  ...guestBundle,
  entryPoints: { guest: 'src/guest/main.ts' },
  outExtension: { '.js': '.cjs' },
});

/** What holds sessions, for longer than a version of Dual may be installed, and what attaches to them: one file each. */
const sessions = build({
  ...common,
  entryPoints: {
    sessions: 'src/drivers/session/basic/holder/main.ts',
    'sessions-attach': 'src/drivers/session/basic/attach/main.ts',
  },
});

/** Replaces the file in one step and only when its content differs, since a daemon may be running from it. */
function put(file, contents) {
  if (fs.existsSync(file) && fs.readFileSync(file).equals(contents)) return;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  fs.writeFileSync(temporary, contents);
  if (executables.has(path.basename(file))) fs.chmodSync(temporary, 0o755);
  fs.renameSync(temporary, file);
}

function finished(file, contents) {
  const isBare = executables.has(path.basename(file)) && !shebang.subarray(0, 2).equals(contents.subarray(0, 2));
  return isBare ? Buffer.concat([shebang, contents]) : Buffer.from(contents);
}

/** What routes commands: shims/ for the host, the server for the machine. */
function scripts() {
  const shims = path.join(root, 'src/shims');
  const ofHost = fs
    .readdirSync(shims, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && (/\.(?:pl|sh|bash|zsh|fish)$/.test(entry.name) || /^\.z\w+$/.test(entry.name)))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => [path.join(dist, 'shims', path.relative(shims, file)), file]);
  return [...ofHost, [path.join(dist, 'command-server.pl'), path.join(root, 'src/guest/command-server.pl')]];
}

function removeAllBut(kept) {
  for (const entry of fs.readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    // Another build may be going on: its temporary files are its own.
    if (entry.isFile() && !entry.name.endsWith('.tmp') && !kept.has(file)) fs.rmSync(file, { force: true });
  }
}

const outputs = (await Promise.all([host, guest, sessions])).flatMap((result) => result.outputFiles);
const files = new Map(outputs.map((output) => [output.path, finished(output.path, output.contents)]));
for (const [file, source] of scripts()) files.set(file, fs.readFileSync(source));
const pty = path.join(root, `node_modules/@lydell/node-pty-linux-${process.arch}/pty.node`);
if (fs.existsSync(pty)) files.set(path.join(dist, 'pty.node'), fs.readFileSync(pty));
for (const [file, contents] of files) put(file, contents);
removeAllBut(files);
