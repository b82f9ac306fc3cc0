import type { Reporter, TestModule, TestRunEndReason, Vitest } from 'vitest/node';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/**
 * Ends the run with one plain line, `N passed, N failed, N skipped`. Where a skipped test is no success (CI=true or
 * DUAL_NO_SKIP=1, unless tests were picked by name), it fails the run and lists what was skipped.
 */
export default class SummaryReporter implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[], reason: TestRunEndReason): void {
    const counts: Counts = { passed: 0, failed: errors.length, skipped: 0 };
    const skipped: string[] = [];
    for (const module of modules) count(module, counts, skipped);
    if (this.#skippingFails() && skipped.length > 0) {
      process.stdout.write(`\nSkipped, which is not allowed here:\n${skipped.map((name) => `  ${name}\n`).join('')}`);
      process.exitCode = 1;
    }
    if (reason === 'interrupted') process.exitCode = 1;
    const line = `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`;
    process.once('exit', () => process.stdout.write(line));
  }

  #skippingFails(): boolean {
    const asked = process.env['CI'] === 'true' || process.env['DUAL_NO_SKIP'] === '1';
    return asked && this.#vitest?.config.testNamePattern === undefined;
  }
}

function count(module: TestModule, counts: Counts, skipped: string[]): void {
  if (module.errors().length > 0) counts.failed += 1;
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    if (state === 'passed' || state === 'failed') counts[state] += 1;
    else {
      counts.skipped += 1;
      skipped.push(`${module.relativeModuleId}: ${test.fullName}`);
    }
  }
}
