import { defineConfig } from 'vitest/config';

/** The kinds of tests, run one after the other, cheapest first. */
const projects = ['unit', 'integration', 'contract', 'e2e'];
/** These share an engine, a terminal server and ports with each other: one file at a time, and they may take long. */
const exclusive = new Set(['contract', 'e2e']);
const minutes = 60_000;

export default defineConfig({
  test: {
    reporters: ['default', './test/support/summary-reporter.ts'],
    projects: projects.map((name, order) => ({
      test: {
        name,
        include: [`test/${name}/**/*.test.ts`],
        pool: 'forks',
        sequence: { groupOrder: order },
        ...(exclusive.has(name)
          ? { maxWorkers: 1, fileParallelism: false, testTimeout: 5 * minutes, hookTimeout: 10 * minutes }
          : { testTimeout: 20_000, hookTimeout: 20_000 }),
      },
    })),
  },
});
