// npm run bench [-- NAME...]: runs hack/bench/NAME.bench.ts, or all of them in turn.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { ensureDependencies, root } from './lib/dependencies.mjs';

const INTERRUPTED = 130;
const dir = path.join(root, 'hack/bench');
const known = existsSync(dir)
  ? readdirSync(dir).flatMap((file) => (file.endsWith('.bench.ts') ? [file.slice(0, -'.bench.ts'.length)] : []))
  : [];
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !known.includes(name));

function bench(name) {
  console.log(`── ${name} ──`);
  // Not by tsx's own command, which upon ^C kills what does not answer at once, and what is to be cleaned up stays behind.
  const args = ['--import', 'tsx', path.join(dir, `${name}.bench.ts`)];
  const { status, signal } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status === INTERRUPTED || signal === 'SIGINT') process.exit(INTERRUPTED);
  return status === 0;
}

// It is for the benchmark, which is waited for.
process.on('SIGINT', () => {});

if (unknown.length > 0) {
  console.error(`hack/bench: no benchmark ${unknown.join(', ')}; there are: ${known.join(', ') || 'none'}`);
  process.exitCode = 1;
} else if (!ensureDependencies()) process.exitCode = 1;
else process.exitCode = (wanted.length > 0 ? wanted : known).map(bench).every(Boolean) ? 0 : 1;
