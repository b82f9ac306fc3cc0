import { defineConfig } from 'vitest/config';

const minutes = 60_000;

/** The kinds of tests, run one after the other, cheapest first. */
const projects: {
  name: string;
  include: string[];
  exclude?: string[];
  env?: Record<string, string>;
  isolate?: boolean;
  maxWorkers?: number;
}[] = [
  // Pure, so that one process can run them all: loading the modules anew for each file takes longer than the tests.
  { name: 'unit', include: ['test/unit/**/*.test.ts'], isolate: false },
  // Mostly waiting for processes: more at a time than the one worker that two cores get.
  { name: 'integration', include: ['test/integration/**/*.test.ts'], maxWorkers: 3 },
  { name: 'contract', include: ['test/contract/**/*.test.ts'] },
  // The same tests on both container drivers and, with them, on both session backends; and what only one of them has.
  {
    name: 'e2e-sandbox',
    include: ['test/e2e/**/*.test.ts'],
    exclude: ['test/e2e/docker/**'],
    env: { DUAL_TEST_DRIVER: 'sandbox' },
  },
  {
    name: 'e2e-docker',
    include: ['test/e2e/**/*.test.ts'],
    exclude: ['test/e2e/sandbox/**'],
    env: { DUAL_TEST_DRIVER: 'docker' },
  },
];

/** These share an engine, a terminal server and ports with each other: one file at a time, and they may take long. */
const exclusive = new Set(['contract', 'e2e-sandbox', 'e2e-docker']);

export default defineConfig({
  test: {
    reporters: ['default', './test/support/summary-reporter.ts'],
    projects: projects.map((project, order) => ({
      test: {
        ...project,
        pool: 'forks',
        sequence: { groupOrder: order },
        ...(exclusive.has(project.name)
          ? { maxWorkers: 1, fileParallelism: false, testTimeout: 5 * minutes, hookTimeout: 10 * minutes }
          : { testTimeout: 20_000, hookTimeout: 20_000 }),
      },
    })),
  },
});
