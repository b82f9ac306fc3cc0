/** Stands for a daemon, as a process that a test can kill: `basic-starter.ts OPTIONS SPEC`, both in JSON. Makes that session. */
import { createBasicDriver } from '../../src/drivers/session/basic/basic.ts';
import type { SessionSpec } from '../../src/drivers/session/driver.ts';
import { silentLog } from '../../src/log/log.ts';

const [options = '', spec = ''] = process.argv.slice(2);
const { env, ...rest } = JSON.parse(options);
const driver = createBasicDriver({ ...rest, env: () => Promise.resolve(env), log: silentLog });
await driver.createSession(JSON.parse(spec) as SessionSpec);
process.stdout.write('made\n');
setInterval(() => undefined, 60_000);
