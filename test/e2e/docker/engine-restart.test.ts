import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/config/package-root.ts';
import { eventually } from '../../support/eventually.ts';
import { makeRepo } from '../../support/app-repo.ts';
import { createInstance } from '../../support/instance.ts';
import type { Instance } from '../../support/instance.ts';
import { SERVER_FILES, SERVER_PANES, project, workspace } from '../../support/objects.ts';

const PID_FILE = '/var/run/docker.pid';
let dual: Instance;

beforeAll(async () => {
  dual = await createInstance();
  const repo = makeRepo(path.join(dual.home, 'repos/app'), SERVER_FILES);
  dual.manifest(
    'app.yaml',
    project('app', { source: { path: repo }, session: SERVER_PANES }),
    workspace('app-main', { project: 'app', branch: 'main' }),
  );
  await eventually(() => dual.ready('app-main'), { timeout: 30_000 });
});

afterAll(() => dual.destroy());

/** Ends the engine as a service manager would; hack/setup starts it again where there is none. */
async function stopEngine(): Promise<void> {
  const pid = Number(readFileSync(PID_FILE, 'utf8'));
  process.kill(pid, 'SIGTERM');
  await eventually(() => expect(existsSync(`/proc/${pid}`)).toBe(false), { timeout: 60_000 });
}

describe('a restart of the engine', () => {
  it('is told while it lasts and repaired afterwards', async () => {
    await stopEngine();
    try {
      await eventually(
        async () => {
          const { status } = await dual.workspace('app-main');
          expect(status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('False');
          expect(status?.conditions?.find(({ type }) => type === 'ContainerReady')?.reason).toBe('DriverUnavailable');
        },
        { timeout: 60_000, interval: 250 },
      );
    } finally {
      execFileSync('bash', [path.join(packageRoot(), 'hack/setup')], { stdio: 'ignore' });
    }
    await dual.ready('app-main', 120_000);
    await eventually(async () => expect((await dual.fetch('http://app-main.localhost:3000/')).status).toBe(200), {
      timeout: 60_000,
    });
    expect(dual.machines()).toHaveLength(1);
  });
});
