// npm run verify: every static check, two at a time; prints what failed, and one line each at the end.
import { spawn } from 'node:child_process';
import { binary, ensureDependencies, root } from './lib/dependencies.mjs';

/** The slow ones first. */
const checks = () => [
  {
    name: 'lint',
    args: [
      binary('eslint'),
      '.',
      '--cache',
      '--cache-strategy=content',
      '--cache-location=node_modules/.cache/eslint/',
      '--max-warnings=0',
    ],
  },
  { name: 'types', args: [binary('typescript', 'tsc'), '-p', '.', '--noEmit'] },
  { name: 'unused code', args: [binary('knip'), '--no-progress'] },
  {
    name: 'imports',
    args: [binary('dependency-cruiser', 'depcruise'), 'src', 'controllers', '--config', '.dependency-cruiser.cjs'],
  },
  {
    name: 'format',
    args: [binary('prettier'), '--check', '.', '--log-level=warn', '--cache', '--cache-strategy=content'],
  },
  { name: 'generated files', args: [binary('tsx'), 'hack/generate.ts', '--check'] },
  { name: 'sizes', args: ['hack/lib/sizes.mjs'] },
];

function run({ name, args }) {
  return new Promise((resolve) => {
    const started = Date.now();
    let output = '';
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('close', (code) => {
      const passed = code === 0;
      if (!passed) console.log(`\n── ${name} ──\n${output.trimEnd()}\n`);
      resolve({ name, passed, seconds: (Date.now() - started) / 1000 });
    });
  });
}

async function runAll(list, workers) {
  const results = [];
  const worker = async () => {
    for (let next = list.shift(); next; next = list.shift()) results.push(await run(next));
  };
  await Promise.all(Array.from({ length: workers }, worker));
  return results;
}

if (ensureDependencies()) {
  const results = await runAll(checks(), 2);
  for (const { name, passed, seconds } of results)
    console.log(`${passed ? 'ok    ' : 'FAILED'} ${name} (${seconds.toFixed(1)} s)`);
  process.exitCode = results.every(({ passed }) => passed) ? 0 : 1;
} else process.exitCode = 1;
