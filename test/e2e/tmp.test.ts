import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/config/package-root.ts';
import { workspaceTmpDir } from '../../src/config/paths.ts';
import { eventually } from '../support/eventually.ts';
import { makeRepo } from '../support/app-repo.ts';
import { createInstance } from '../support/instance.ts';
import type { Instance } from '../support/instance.ts';
import { SERVER_FILES, project, workspace } from '../support/objects.ts';

const NAMES = ['app-main', 'app-cart'];
/** Waits for the file `go`, and says where its temporary files are. */
const HOLD = `
import { existsSync } from 'node:fs';
const started: string = process.env['TMPDIR'] ?? 'none';
const timer = setInterval(() => {
  if (!existsSync('go')) return;
  clearInterval(timer);
  console.log(started);
}, 50);
`;

let dual: Instance;
let shared: string;

beforeAll(async () => {
  dual = await createInstance();
  shared = mkdtempSync('/tmp/dual-t');
  const repo = makeRepo(path.join(dual.home, 'repos/app'), { ...SERVER_FILES, 'hold.ts': HOLD }, ['cart']);
  const container = { mounts: [{ path: path.join(packageRoot(), 'node_modules'), readOnly: true }] };
  const of = (name: string, branch: string): object => workspace(name, { project: 'app', branch });
  const objects = [
    project('app', { source: { path: repo }, container }),
    of('app-main', 'main'),
    of('app-cart', 'cart'),
  ];
  dual.manifest('app.yaml', ...objects);
  await Promise.all(NAMES.map((name) => dual.ready(name)));
});

afterAll(async () => {
  await dual?.destroy();
  rmSync(shared, { recursive: true, force: true });
});

async function tmpDirOf(name: string): Promise<string> {
  return workspaceTmpDir((await dual.workspace(name)).metadata.uid);
}

describe('/tmp of workspaces', () => {
  it('is that of the host, and TMPDIR a directory of their own in it', async () => {
    writeFileSync(path.join(shared, 'script'), '#!/bin/sh\necho "$TMPDIR"; echo inside >"$TMPDIR/note"\n', {
      mode: 0o755,
    });
    for (const name of NAMES) {
      const dir = await tmpDirOf(name);
      const { stdout } = await dual.dual(['run', '-w', name, '--', path.join(shared, 'script')]);
      expect(stdout).toBe(`${dir}\n`);
      expect(readFileSync(path.join(dir, 'note'), 'utf8')).toBe('inside\n');
      expect(statSync(dir).mode & 0o777).toBe(0o700);
    }
  });

  it('shows them the clones of no other, where these lie in it', async () => {
    const clones = path.join(dual.paths.workspaces, 'app');
    const [main, cart] = await Promise.all(NAMES.map((name) => dual.dual(['run', '-w', name, '--', 'ls', clones])));
    expect([main?.stdout, cart?.stdout]).toEqual(['main\n', 'cart\n']);
    const { code } = await dual.dual(['run', '-w', 'app-main', '--', 'test', '-e', dual.paths.database]);
    expect(code).toBe(1);
  });

  it('lets them run programs at the same time that name files in it by process numbers', async () => {
    const tsx = path.join(packageRoot(), 'node_modules/tsx/dist/cli.mjs');
    const runs = NAMES.map((name) => dual.dual(['run', '-w', name, '--', 'node', tsx, 'hold.ts']));
    const dirs = await Promise.all(NAMES.map(tmpDirOf));
    await eventually(() =>
      expect(dirs.every((dir) => readdirSync(dir).some((file) => file.startsWith('tsx-')))).toBe(true),
    );
    for (const name of NAMES) {
      writeFileSync(path.join((await dual.workspace(name)).status!.clone!.path!, 'go'), '');
    }
    const results = await Promise.all(runs);
    expect(results).toEqual(dirs.map((dir) => ({ code: 0, stdout: `${dir}\n`, stderr: '' })));
  });

  it('gets the directory back when it is gone, not where something else has its name', async () => {
    const dir = await tmpDirOf('app-main');
    rmSync(dir, { recursive: true });
    symlinkSync(shared, dir);
    await again();
    const message = await eventually(async () => {
      const { conditions = [] } = (await dual.workspace('app-main')).status ?? {};
      const condition = conditions.find(({ type }) => type === 'ContainerReady');
      expect(condition).toMatchObject({ status: 'False', reason: 'NameTaken' });
      return condition?.message;
    });
    expect(message).toContain(dir);
    rmSync(dir);
    await again();
    await dual.ready('app-main');
    expect(statSync(dir).isDirectory()).toBe(true);
  });

  it('has nothing of them left when they are gone', async () => {
    const dirs = await Promise.all(NAMES.map(tmpDirOf));
    mkdirSync(path.join(dirs[0]!, 'shut'), { mode: 0 });
    for (const name of NAMES) await dual.dualctl(['delete', 'workspace', name]);
    await eventually(() => expect(dirs.filter((dir) => existsSync(dir))).toEqual([]), { timeout: 60_000 });
  });
});

/** Has the workspace looked at. */
async function again(): Promise<void> {
  await dual.dual(['stop', 'app-main']);
  await dual.dual(['start', 'app-main']);
}
