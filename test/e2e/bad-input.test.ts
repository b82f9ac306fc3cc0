import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Event } from '../../src/api/event.ts';
import type { KubeList } from '../../src/api/meta.ts';
import { eventually } from '../support/eventually.ts';
import { makeRepo } from '../support/app-repo.ts';
import { createInstance } from '../support/instance.ts';
import type { Instance } from '../support/instance.ts';
import { SERVER_FILES, project, workspace } from '../support/objects.ts';

const API = 'apiVersion: dual.dev/v1alpha1';
let dual: Instance;

beforeAll(async () => {
  dual = await createInstance();
  const repo = makeRepo(path.join(dual.home, 'repos/app'), SERVER_FILES, ['feat/a']);
  dual.manifest(
    'app.yaml',
    project('app', { source: { path: repo } }),
    workspace('app-main', { project: 'app', branch: 'main' }),
  );
  await eventually(() => dual.ready('app-main'), { timeout: 30_000 });
});

afterAll(async () => {
  await dual.destroy();
});

async function events(): Promise<Event[]> {
  const { stdout } = await dual.dualctl(['get', 'events', '-o', 'json']);
  return (JSON.parse(stdout) as KubeList<Event>).items;
}

/** Waits for the Event about that file. */
function complaintAbout(file: string): Promise<string> {
  return eventually(
    async () => {
      const found = (await events()).filter(({ type, message }) => type === 'Warning' && message.includes(file));
      expect(found).not.toEqual([]);
      return found.map(({ message }) => message).join('\n');
    },
    { timeout: 15_000, interval: 100 },
  );
}

/** Waits until the workspace has given up, and gives the message. */
function stalled(name: string, reason: string): Promise<string> {
  return eventually(
    async () => {
      const { status } = await dual.workspace(name);
      const ready = status?.conditions?.find(({ type }) => type === 'Ready');
      expect(ready).toMatchObject({ status: 'False', reason });
      return ready!.message;
    },
    { timeout: 60_000, interval: 100 },
  );
}

async function unharmed(): Promise<void> {
  const { status } = await dual.ready('app-main', 5_000);
  expect(status?.phase).toBe('Ready');
}

const write = (file: string, text: string): void => writeFileSync(path.join(dual.paths.manifests, file), text);

describe('a manifest that is not right', () => {
  const aliases = [
    'a0: &a0 [x,x,x,x,x,x,x,x,x]',
    ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `a${n}: &a${n} [${`*a${n - 1},`.repeat(9)}]`),
  ];
  const cases: [string, string, RegExp][] = [
    ['broken.yaml', `${API}\nkind: Workspace\nmetadata: {name: x\nspec: [`, /broken\.yaml.*(line|:)\s*\d+/],
    ['type.yaml', `${API}\nkind: Workspace\nmetadata: {name: x}\nspec: {project: 7, branch: main}`, /spec\.project/],
    [
      'unknown.yaml',
      `${API}\nkind: Workspace\nmetadata: {name: x}\nspec: {project: app, branch: main, brunch: y}`,
      /spec\.brunch/,
    ],
    ['kind.yaml', `${API}\nkind: Wrokspace\nmetadata: {name: x}\nspec: {}`, /Wrokspace/],
    [
      'upload.yaml',
      `${API}\nkind: Workspace\nmetadata: {name: x}\nspec: {project: app, branch: --upload-pack=x}`,
      /spec\.branch/,
    ],
    [
      'climb.yaml',
      `${API}\nkind: Workspace\nmetadata: {name: x}\nspec: {project: app, branch: ../../x}`,
      /spec\.branch/,
    ],
    [
      'secret.yaml',
      `${API}\nkind: Project\nmetadata: {name: x}\nspec: {source: {url: 'https://me:hunter2@example.com/x.git'}}`,
      /spec\.source\.url/,
    ],
    ['bomb.yaml', aliases.join('\n'), /bomb\.yaml/],
    ['huge.yaml', `# ${'x'.repeat(5 * 1024 * 1024)}\n${API}\n`, /huge\.yaml.*(MiB|large|size)/],
  ];

  it.each(cases)('%s is refused by name, line and field', async (file, text, message) => {
    write(file, text.replace('{name: x', `{name: ${path.basename(file, '.yaml')}`));
    const complaint = await complaintAbout(file);
    expect(complaint).toMatch(message);
    expect(complaint).not.toContain('hunter2');
    await unharmed();
  });

  it('is refused by apply too, and nothing of it is stored', async () => {
    const applied = await dual.dualctl(
      ['apply', '-f', '-'],
      `${API}\nkind: Workspace\nmetadata: {name: x}\nspec: {project: app, branch: main, brunch: y}\n`,
    );
    expect(applied.code).toBe(1);
    expect(applied.stderr).toContain('spec.brunch');
    expect((await dual.dualctl(['get', 'workspace', 'x'])).code).toBe(1);
  });

  it('changes nothing that its file declared before', async () => {
    write(
      'later.yaml',
      `${API}\nkind: Workspace\nmetadata: {name: later}\nspec: {project: app, branch: feat/a, state: Stopped}\n`,
    );
    await eventually(async () => expect((await dual.workspace('later')).status?.phase).toBe('Stopped'));
    const { metadata } = await dual.workspace('later');
    write('later.yaml', `${API}\nkind: Workspace\nmetadata: {name: later}\nspec: {project: app, branch`);
    await complaintAbout('later.yaml');
    expect((await dual.workspace('later')).metadata).toMatchObject({
      uid: metadata.uid,
      generation: metadata.generation,
    });
  });

  it('does not take over what another file declares', async () => {
    write(
      'z-again.yaml',
      `${API}\nkind: Workspace\nmetadata: {name: app-main}\nspec: {project: app, branch: feat/a}\n`,
    );
    const complaint = await complaintAbout('z-again.yaml');
    expect(complaint).toContain('app.yaml');
    expect((await dual.workspace('app-main')).spec.branch).toBe('main');
  });
});

describe('a workspace that cannot be made', () => {
  it('says that its Project is missing, and goes on once it is there', async () => {
    dual.manifest('orphan.yaml', workspace('orphan', { project: 'nobody', branch: 'main' }));
    expect(await stalled('orphan', 'ProjectNotFound')).toContain('nobody');
    dual.removeManifest('orphan.yaml');
  });

  it('says that its start is nowhere to be found', async () => {
    dual.manifest('nowhere.yaml', workspace('nowhere', { project: 'app', branch: 'feat/x', from: 'no-such-ref' }));
    expect(await stalled('nowhere', 'StartPointNotFound')).toContain('no-such-ref');
    dual.removeManifest('nowhere.yaml');
  });

  it('says that the source cannot be reached, and tries again', async () => {
    dual.manifest(
      'away.yaml',
      project('away', { source: { url: 'https://127.0.0.1:1/x.git' } }),
      workspace('away', { project: 'away', branch: 'main' }),
    );
    expect(await stalled('away', 'SourceUnreachable')).toContain('127.0.0.1:1');
    const { status } = await dual.workspace('away');
    expect(status?.conditions?.some(({ type }) => type === 'Stalled')).toBe(false);
    dual.removeManifest('away.yaml');
  });

  it('says which version cannot be had, and can be stopped and deleted all the same', async () => {
    const repo = makeRepo(path.join(dual.home, 'repos/odd'), { ...SERVER_FILES, '.nvmrc': '22.999.0\n' });
    dual.manifest(
      'odd.yaml',
      project('odd', { source: { path: repo } }),
      workspace('odd', { project: 'odd', branch: 'main' }),
    );
    expect(await stalled('odd', 'UnknownVersion')).toMatch(/\.nvmrc.*22\.999\.0/);
    expect((await dual.dual(['stop', 'odd'])).code).toBe(0);
    expect((await dual.dualctl(['delete', 'workspace', 'odd', '--timeout=20s'])).code).toBe(0);
    dual.removeManifest('odd.yaml');
  });

  it('never overwrites a directory that is somebody’s', async () => {
    const taken = path.join(dual.paths.workspaces, 'app/feat__taken');
    mkdirSync(taken, { recursive: true });
    writeFileSync(path.join(taken, 'mine.txt'), 'mine');
    dual.manifest('taken.yaml', workspace('taken', { project: 'app', branch: 'feat/taken' }));
    expect(await stalled('taken', 'DirectoryTaken')).toContain(taken);
    dual.removeManifest('taken.yaml');
  });

  it('does not share a directory with a branch whose name comes out the same', async () => {
    dual.manifest(
      'same.yaml',
      workspace('slash', { project: 'app', branch: 'fix/a' }),
      workspace('underscore', { project: 'app', branch: 'fix__a' }),
    );
    await eventually(() => dual.ready('slash'), { timeout: 60_000 });
    await eventually(() => dual.ready('underscore'), { timeout: 60_000 });
    const paths = await Promise.all(
      ['slash', 'underscore'].map(async (name) => (await dual.workspace(name)).status!.clone!.path),
    );
    expect(new Set(paths).size).toBe(2);
    dual.removeManifest('same.yaml');
  });
});

describe('the directory', () => {
  it('holds on to everything when it vanishes', async () => {
    const away = `${dual.paths.manifests}.away`;
    renameSync(dual.paths.manifests, away);
    await eventually(
      async () => expect((await events()).some(({ reason }) => reason === 'ManifestsMissing')).toBe(true),
      { timeout: 15_000 },
    );
    await unharmed();
    renameSync(away, dual.paths.manifests);
    await unharmed();
  });
});
