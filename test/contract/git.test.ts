import { createGitDriver } from '../../src/drivers/source/git/git.ts';
import { silentLog } from '../../src/log/log.ts';
import { describeSourceDriver } from './source-driver.contract.ts';

describeSourceDriver('git', (env) => createGitDriver({ env: () => Promise.resolve(env), log: silentLog }));
