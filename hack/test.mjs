// npm test: brings everything that the tests need, builds, and runs all of them. Arguments go to vitest.
import { spawnSync } from 'node:child_process';
import { binary, ensureDependencies, root } from './lib/dependencies.mjs';

function run(command, ...args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (error) console.error(`${command}: ${error.message}`);
  return status === 0;
}

const passed =
  ensureDependencies() &&
  run('bash', 'hack/setup') &&
  run(process.execPath, 'hack/build.mjs') &&
  run(process.execPath, binary('vitest'), 'run', ...process.argv.slice(2));
process.exitCode = passed ? 0 : 1;
