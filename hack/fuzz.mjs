// npm run fuzz [-- ROUNDS [SEED]]: what test/integration/proxy/fuzz.test.ts does, for longer, and with another seed each time.
import { spawnSync } from 'node:child_process';
import { binary, ensureDependencies, root } from './lib/dependencies.mjs';

const [rounds = '20', seed = String(Date.now() % 2 ** 31)] = process.argv.slice(2);
console.log(`${rounds} rounds; again with the same: npm run fuzz -- ${rounds} ${seed}`);
const args = [binary('vitest'), 'run', '--project', 'integration', 'test/integration/proxy/fuzz.test.ts'];
const env = { ...process.env, DUAL_FUZZ_ROUNDS: rounds, DUAL_FUZZ_SEED: seed };
if (ensureDependencies())
  process.exitCode = spawnSync(process.execPath, args, { cwd: root, env, stdio: 'inherit' }).status ?? 1;
else process.exitCode = 1;
