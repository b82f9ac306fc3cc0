/** Clones once: to be killed in the middle. Arguments: a CloneRequest as JSON. */
import { createGitDriver } from '../../src/drivers/source/git/git.ts';
import type { CloneRequest } from '../../src/drivers/source/driver.ts';
import { silentLog } from '../../src/log/log.ts';

const env = process.env as Record<string, string>;
const driver = createGitDriver({ env: () => Promise.resolve(env), log: silentLog });
const request = JSON.parse(process.argv[2] ?? '') as CloneRequest;
await driver.ensure(request, { signal: new AbortController().signal, onProgress: () => undefined });
