import { mkdir, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { WORKSPACES } from '../../../src/api/scheme.ts';
import type { Workspace } from '../../../src/api/types.ts';
import { eventually } from '../../support/eventually.ts';
import { createManifestsFixture } from '../../support/manifests-fixture.ts';
import { project, workspace } from '../../support/objects.ts';

const shop = project('shop', { source: { path: '/repos/shop' } });
const ws = (name: string, spec: Record<string, unknown> = {}): object =>
  workspace(name, { project: 'shop', branch: name, ...spec });

describe('accidents', () => {
  it('all files vanish at once: held back, told, and over when they are back', async () => {
    const fixture = await createManifestsFixture();
    await fixture.write('shop.yaml', shop);
    await fixture.write('a.yaml', ws('a'));
    await fixture.start();
    await fixture.expectNames('Project/shop', 'Workspace/a');
    await fixture.remove('shop.yaml', 'a.yaml');
    const [event] = await eventually(async () => {
      const events = await fixture.events('ManifestsMissing');
      expect(events).toHaveLength(1);
      return events;
    });
    expect(event?.message).toMatch(/confirm with: dualctl delete .*project\/shop/);
    await fixture.settled();
    await fixture.expectNames('Project/shop', 'Workspace/a');

    // Also over a restart, and when something new comes.
    await fixture.start();
    await fixture.write('b.yaml', ws('b'));
    await fixture.expectNames('Project/shop', 'Workspace/a', 'Workspace/b');
    await fixture.settled();
    await fixture.expectNames('Project/shop', 'Workspace/a', 'Workspace/b');

    await fixture.write('a.yaml', ws('a'));
    await fixture.settled();
    await fixture.remove('a.yaml');
    await fixture.expectNames('Project/shop', 'Workspace/b');
  });

  it('what was held back can be deleted by hand', async () => {
    const fixture = await createManifestsFixture({ rescan: 200 });
    await fixture.write('a.yaml', ws('a'));
    await fixture.write('b.yaml', ws('b'));
    await fixture.start();
    await fixture.expectNames('Workspace/a', 'Workspace/b');
    await fixture.remove('a.yaml', 'b.yaml');
    await eventually(async () => expect(await fixture.events('ManifestsMissing')).toHaveLength(1));
    await fixture.client.delete(WORKSPACES, 'a');
    await fixture.client.delete(WORKSPACES, 'b');
    await fixture.settled();
    await fixture.client.create(WORKSPACES, ws('a') as Workspace);
    await fixture.write('c.yaml', ws('c'));
    await fixture.expectNames('Workspace/a', 'Workspace/c');
  });

  it('files removed one after the other are all pruned', async () => {
    const fixture = await createManifestsFixture();
    await fixture.write('a.yaml', ws('a'));
    await fixture.write('b.yaml', ws('b'));
    await fixture.start();
    await fixture.expectNames('Workspace/a', 'Workspace/b');
    await fixture.remove('a.yaml');
    await fixture.expectNames('Workspace/b');
    await fixture.remove('b.yaml');
    await fixture.expectNames();
  });

  it('the directory vanishes: nothing changes, and all goes on when there is one again', async () => {
    const fixture = await createManifestsFixture({ rescan: 200 });
    await fixture.write('a.yaml', ws('a'));
    await fixture.start();
    await fixture.expectNames('Workspace/a');
    await rename(fixture.directory, `${fixture.directory}-away`);
    await eventually(async () => expect(await fixture.events('ManifestsMissing')).toHaveLength(1));
    await fixture.settled();
    await fixture.start();
    await fixture.settled();
    await fixture.expectNames('Workspace/a');

    await rename(`${fixture.directory}-away`, fixture.directory);
    await fixture.write('b.yaml', ws('b'));
    await fixture.expectNames('Workspace/a', 'Workspace/b');
    await fixture.remove('a.yaml');
    await fixture.expectNames('Workspace/b');
  });

  it('a link to nowhere is not a removal', async () => {
    const fixture = await createManifestsFixture({ rescan: 300 });
    const disk = path.join(fixture.api.dir, 'disk');
    await mkdir(disk);
    await mkdir(fixture.directory);
    await writeFile(path.join(disk, 'a.yaml'), JSON.stringify(ws('a')));
    await symlink(disk, fixture.path('disk'));
    await fixture.write('b.yaml', ws('b'));
    await fixture.start();
    await fixture.expectNames('Workspace/a', 'Workspace/b');
    await rename(disk, `${disk}-away`);
    await fixture.settled();
    await fixture.expectNames('Workspace/a', 'Workspace/b');
    await eventually(async () => expect(await fixture.events('ManifestInvalid')).toHaveLength(1));
    await unlink(fixture.path('disk'));
    await fixture.expectNames('Workspace/b');
  });

  it('the directory is made at the first start only', async () => {
    const fixture = await createManifestsFixture({ rescan: 200 });
    await fixture.start();
    await fixture.write('a.yaml', ws('a'));
    await fixture.expectNames('Workspace/a');
    await fixture.stop();
    await rm(fixture.directory, { recursive: true });
    await fixture.start();
    await fixture.settled();
    await expect(mkdir(fixture.directory)).resolves.toBeUndefined();
    await fixture.expectNames('Workspace/a');
  });
});
