import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../../src/config/package-root.ts';
import { createDualctlFixture, type DualctlFixture } from '../../../support/dualctl-fixture.ts';
import { eventually } from '../../../support/eventually.ts';

let fixture: DualctlFixture;

beforeEach(async () => {
  fixture = await createDualctlFixture();
  await fixture.workspace('a');
});

afterEach(async () => {
  await fixture.close();
});

/** `dualctl` as a process of its own. */
function spawnDualctl(args: readonly string[]): ChildProcess {
  const main = path.join(packageRoot(), 'src/cli/dualctl/main.ts');
  const env = { ...process.env, DUAL_HOME: fixture.home };
  return spawn(process.execPath, ['--import', 'tsx', main, ...args], { cwd: packageRoot(), env, stdio: 'pipe' });
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    child.once('exit', resolve);
  });
}

describe('dualctl as a process', () => {
  it('puts data on stdout, talk on stderr, and exits with 0 or 1', async () => {
    const good = spawnDualctl(['get', 'ws', '-o', 'name']);
    const bad = spawnDualctl(['get', 'ws', 'nope']);
    const [stdout, stderr, goodCode, badCode] = await Promise.all([
      text(good.stdout!),
      text(bad.stderr!),
      exitCode(good),
      exitCode(bad),
    ]);
    expect({ stdout, goodCode }).toEqual({ stdout: 'workspace.dual.dev/a\n', goodCode: 0 });
    expect({ stderr, badCode }).toEqual({
      stderr: 'Error from server (NotFound): workspaces.dual.dev "nope" not found\n',
      badCode: 1,
    });
  });

  it('ends a watch on SIGINT with 130', async () => {
    const watch = spawnDualctl(['get', 'ws', '-w', '-o', 'name']);
    const ended = exitCode(watch);
    let stdout = '';
    watch.stdout?.on('data', (chunk) => (stdout += String(chunk)));
    await eventually(() => expect(stdout).toBe('workspace.dual.dev/a\n'));
    // The watch begins a moment after the list; what it shows proves that it is there.
    await fixture.workspace('b');
    await eventually(() => expect(stdout).toContain('/b\n'));
    watch.kill('SIGINT');
    expect(await ended).toBe(130);
  });

  it('ends quietly when nobody reads any more', async () => {
    const watch = spawnDualctl(['get', 'ws', '-w', '-o', 'name']);
    const ended = exitCode(watch);
    const stderr = text(watch.stderr!);
    await new Promise((resolve) => {
      watch.stdout?.once('data', resolve);
    });
    watch.stdout?.destroy();
    let count = 0;
    let code: number | null | undefined;
    void ended.then((value) => (code = value));
    await eventually(async () => {
      count += 1;
      await fixture.workspace(`b${count}`);
      expect(code).toBe(141);
    });
    expect(await stderr).toBe('');
  });
});
