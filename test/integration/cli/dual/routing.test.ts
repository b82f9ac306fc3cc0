import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDualFixture } from '../../../support/dual-fixture.ts';
import type { DualFixture } from '../../../support/dual-fixture.ts';
import { createShimsFixture } from '../../../support/shims-fixture.ts';
import type { ShimsFixture } from '../../../support/shims-fixture.ts';

let fixture: DualFixture;
let routed: ShimsFixture;
const spec = (): ShimsFixture['spec'] => ({ ...routed.spec, commands: { container: ['uname'], host: ['make'] } });

beforeAll(async () => {
  fixture = await createDualFixture();
  routed = createShimsFixture(fixture.home);
  routed.program('machine', 'node', 'exit');
  routed.program('host', 'python3', 'exit');
  await routed.startMachine();
  await routed.shims.ensure(spec());
});
afterAll(async () => {
  await routed.close();
  await fixture.close();
});

const which = (args: string[], cwd = routed.spec.worktree): ReturnType<DualFixture['dual']> =>
  fixture.dual(['which', ...args], { cwd });

describe('dual which', () => {
  it('tells what runs inside, with its path and why', async () => {
    const { stdout, code } = await which(['node', '-v']);
    expect(stdout).toMatch(/^container: .*\/machine\/node\n {2}it is in the routing table\n$/);
    expect(code).toBe(0);
    expect((await which(['uname', '-a'])).stdout).toMatch(/^container: .*uname\n.*commands\.container/);
  });

  it('goes by the arguments', async () => {
    expect((await which(['curl', 'http://localhost:3000/x'])).stdout).toMatch(/^container: /);
    expect((await which(['curl', '--', 'https://example.com'])).stdout).toMatch(/^host: .*curl\n.*localhost/);
  });

  it('tells what stays on the host', async () => {
    expect((await which(['git', 'status'])).stdout).toMatch(/^host: \/.*git\n.*not routed/);
    expect((await which(['make'])).stdout).toMatch(/^host: \/.*make\n.*commands\.host/);
    expect((await which(['/bin/sh'])).stdout).toMatch(/^host: \/bin\/sh\n.*by its path/);
    expect((await which(['node'], fixture.home)).stdout).toMatch(/^host: \/.*node\n.*in no workspace/);
  });

  it('ends with 1 when there is no such program', async () => {
    const { code, stdout, stderr } = await which(['no-such-command']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/no-such-command: no such program/);
    expect((await which([])).code).toBe(1);
  });
});

describe('dual run --host', () => {
  it('runs as if nothing were routed', async () => {
    const env = { ...(await routed.shims.environment(spec())) };
    const script = 'echo "$PATH:$DUAL_BYPASS"; exit 7';
    const result = await fixture.run(['run', '--host', '--', 'sh', '-c', script], { env, cwd: routed.spec.worktree });
    expect(result.code).toBe(7);
    expect(result.stdout.toString()).toMatch(/:1\n$/);
    expect(result.stdout.toString()).not.toContain('shims');
  });

  it('is no way into a machine', async () => {
    const result = await fixture.run(['run', '--host', '-w', 'shop-main', 'true']);
    expect(result).toMatchObject({ code: 125, stderr: /--host and --workspace/ });
  });

  it('ends as a shell does where there is no such program', async () => {
    expect(await fixture.run(['run', '--host', 'no-such-command'])).toMatchObject({ code: 127 });
    const file = path.join(fixture.home, 'not-executable');
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, '');
    expect(await fixture.run(['run', '--host', file])).toMatchObject({ code: 126 });
  });
});

describe('dual hook', () => {
  it('refuses a shell that it does not know', async () => {
    expect(await fixture.dual(['hook', 'tcsh'])).toMatchObject({ code: 1, stderr: /no hook for "tcsh"/ });
  });
});
