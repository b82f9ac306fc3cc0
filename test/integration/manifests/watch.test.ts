import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ANNOTATION_MANIFEST } from '../../../src/api/labels.ts';
import { PROJECTS, WORKSPACES } from '../../../src/api/scheme.ts';
import type { Project, Workspace } from '../../../src/api/types.ts';
import { eventually } from '../../support/eventually.ts';
import { createManifestsFixture } from '../../support/manifests-fixture.ts';
import { project, workspace } from '../../support/objects.ts';

const shop = project('shop', { source: { path: '/repos/shop' } });
const ws = (name: string, spec: Record<string, unknown> = {}): object =>
  workspace(name, { project: 'shop', branch: name, ...spec });

describe('what is applied', () => {
  it('what is there at the start, and what comes, changes and goes later', async () => {
    const fixture = await createManifestsFixture();
    await fixture.write('shop.yaml', shop);
    await fixture.start();
    await fixture.expectNames('Project/shop');

    await fixture.write('a.yaml', ws('a'), ws('b'));
    await fixture.expectNames('Project/shop', 'Workspace/a', 'Workspace/b');

    await fixture.write('a.yaml', ws('a', { state: 'Stopped' }));
    await fixture.expectNames('Project/shop', 'Workspace/a');
    const a = await fixture.client.get<Workspace>(WORKSPACES, 'a');
    expect(a.spec.state).toBe('Stopped');
    expect(a.metadata.annotations?.[ANNOTATION_MANIFEST]).toBe('a.yaml');

    await fixture.remove('a.yaml');
    await fixture.expectNames('Project/shop');
  });

  it('within a quarter of a second', async () => {
    const fixture = await createManifestsFixture({ whole: 80 });
    await fixture.start();
    await fixture.settled();
    await fixture.write('shop.yaml', shop);
    const started = Date.now();
    await fixture.expectNames('Project/shop');
    // Idle machines take 150 ms; twice that leaves room for busy ones.
    expect(Date.now() - started).toBeLessThan(1000);
  });

  it('YAML and JSON in subdirectories, and nothing else', async () => {
    const fixture = await createManifestsFixture();
    await fixture.start();
    await fixture.write('deep/down/a.yml', ws('a'));
    await fixture.write('b.json', ws('b'));
    await fixture.write('notes.txt', ws('c'));
    await fixture.write('.d.yaml', ws('d'));
    await fixture.write('.git/e.yaml', ws('e'));
    await fixture.write('f.yaml~', ws('f'));
    await fixture.write('.g.yaml.swp', ws('g'));
    await fixture.expectNames('Workspace/a', 'Workspace/b');
    await fixture.settled();
    await fixture.expectNames('Workspace/a', 'Workspace/b');
  });

  it('paths relative to the file', async () => {
    const fixture = await createManifestsFixture();
    await fixture.start();
    await fixture.write('deep/shop.yaml', project('shop', { source: { path: '../../repos/shop' } }));
    await fixture.expectNames('Project/shop');
    const { spec } = await fixture.client.get<Project>(PROJECTS, 'shop');
    expect(spec.source).toMatchObject({ path: path.join(fixture.api.dir, 'repos/shop') });
  });

  it('what the server gave out before, as it is', async () => {
    const fixture = await createManifestsFixture();
    const created = await fixture.client.create(WORKSPACES, ws('a') as Workspace);
    await fixture.start();
    await fixture.write('a.yaml', created);
    await eventually(async () => {
      const { metadata } = await fixture.client.get<Workspace>(WORKSPACES, 'a');
      expect([metadata.uid, metadata.annotations?.[ANNOTATION_MANIFEST]]).toEqual([created.metadata.uid, 'a.yaml']);
    });
  });

  it('through links to files and to directories, also when what they point to is replaced', async () => {
    const fixture = await createManifestsFixture({ rescan: 500 });
    const dotfiles = path.join(fixture.api.dir, 'dotfiles');
    await mkdir(path.join(dotfiles, 'more'), { recursive: true });
    await mkdir(fixture.directory);
    await writeFile(path.join(dotfiles, 'a.yaml'), JSON.stringify(ws('a')));
    await symlink(path.join(dotfiles, 'a.yaml'), fixture.path('a.yaml'));
    await symlink(path.join(dotfiles, 'more'), fixture.path('more'));
    await symlink('.', fixture.path('loop'));
    await fixture.start();
    await fixture.expectNames('Workspace/a');
    await writeFile(path.join(dotfiles, 'more', 'b.yaml'), JSON.stringify(ws('b')));
    await fixture.expectNames('Workspace/a', 'Workspace/b');

    await writeFile(path.join(dotfiles, 'new'), JSON.stringify(ws('a', { state: 'Lazy' })));
    await rename(path.join(dotfiles, 'new'), path.join(dotfiles, 'a.yaml'));
    await eventually(async () => {
      expect((await fixture.client.get<Workspace>(WORKSPACES, 'a')).spec.state).toBe('Lazy');
    });
  });
});

describe('what is pruned', () => {
  it('Workspaces, then the Project', async () => {
    const fixture = await createManifestsFixture();
    await fixture.write('other.yaml', project('other', { source: { path: '/x' } }));
    await fixture.write('all.yaml', shop, ws('a'), ws('b'));
    await fixture.start();
    await fixture.expectNames('Project/other', 'Project/shop', 'Workspace/a', 'Workspace/b');
    await fixture.remove('all.yaml');
    await fixture.expectNames('Project/other');
    const events = await fixture.events('ManifestPruned');
    expect(events.map(({ message }) => message)).toContain('Project/shop is being deleted: all.yaml is gone');
  });

  it('the only manifest, too', async () => {
    const fixture = await createManifestsFixture();
    await fixture.write('shop.yaml', shop);
    await fixture.start();
    await fixture.expectNames('Project/shop');
    await fixture.remove('shop.yaml');
    await fixture.expectNames();
  });

  it('never what was made by other means', async () => {
    const fixture = await createManifestsFixture();
    await fixture.client.create(WORKSPACES, ws('by-hand') as Workspace);
    await fixture.write('a.yaml', ws('a'));
    await fixture.write('b.yaml', ws('b'));
    await fixture.start();
    await fixture.expectNames('Workspace/a', 'Workspace/b', 'Workspace/by-hand');
    await fixture.remove('a.yaml');
    await fixture.expectNames('Workspace/b', 'Workspace/by-hand');
  });

  it('never a later object of the same name', async () => {
    const fixture = await createManifestsFixture();
    await fixture.write('a.yaml', ws('a'));
    await fixture.write('b.yaml', ws('b'));
    await fixture.start();
    await fixture.expectNames('Workspace/a', 'Workspace/b');
    await fixture.client.delete(WORKSPACES, 'a');
    await fixture.client.create(WORKSPACES, ws('a') as Workspace);
    await fixture.remove('a.yaml');
    await fixture.remove('b.yaml');
    await fixture.write('c.yaml', ws('c'));
    await fixture.expectNames('Workspace/a', 'Workspace/c');
    await fixture.settled();
    await fixture.expectNames('Workspace/a', 'Workspace/c');
  });

  it('not a document that moves to another file, nor a file that comes back', async () => {
    const fixture = await createManifestsFixture();
    await fixture.write('a.yaml', ws('a'), ws('b'));
    await fixture.write('z.yaml', ws('z'));
    await fixture.start();
    await fixture.expectNames('Workspace/a', 'Workspace/b', 'Workspace/z');
    const uids = async (): Promise<unknown[]> =>
      Promise.all(['a', 'b', 'z'].map(async (name) => (await fixture.client.get(WORKSPACES, name)).metadata.uid));
    const before = await uids();

    await fixture.move('a.yaml', 'renamed.yaml');
    await fixture.move('z.yaml', '../away');
    await fixture.move('../away', 'z.yaml');
    await fixture.settled();
    await fixture.write('renamed.yaml', ws('a'));
    await fixture.write('new.yaml', ws('b'));
    await fixture.settled();
    expect(await uids()).toEqual(before);
    expect(await fixture.events('ManifestPruned')).toEqual([]);

    await fixture.remove('renamed.yaml', 'new.yaml');
    await fixture.expectNames('Workspace/z');
  });

  it('what comes back while it is still going is made anew afterwards', async () => {
    const fixture = await createManifestsFixture();
    const held = { ...ws('a'), metadata: { name: 'a', finalizers: ['test.dev/hold'] } };
    await fixture.write('a.yaml', held);
    await fixture.start();
    await fixture.expectNames('Workspace/a');
    const { metadata } = await fixture.client.get(WORKSPACES, 'a');
    await fixture.remove('a.yaml');
    await fixture.expectNames();
    await fixture.write('a.yaml', ws('a'));
    await eventually(async () => expect(await fixture.events('ManifestPruned')).toHaveLength(1));
    await fixture.client.patch(WORKSPACES, 'a', { metadata: { finalizers: null } });
    await fixture.expectNames('Workspace/a');
    expect((await fixture.client.get(WORKSPACES, 'a')).metadata.uid).not.toBe(metadata.uid);
  });
});
