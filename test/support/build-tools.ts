import { createToolsBuilder } from '../../src/image/tools/tools-builder.ts';

/** Another process that makes a directory of tools: `build-tools.ts STATE CACHE PROJECT WORKTREE`. Prints where it is. */
const [state = '', cache = '', project = '', worktree = ''] = process.argv.slice(2);
const builder = createToolsBuilder({ cache, state, env: process.env });
const plan = await builder.plan({ project, worktree, base: 'debian:bookworm-slim', packages: [], setup: [] });
await builder.build(plan, { signal: new AbortController().signal, onProgress: () => undefined });
process.stdout.write(plan.ref);
