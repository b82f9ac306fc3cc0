import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { WORKSPACES } from '../../../src/api/scheme.ts';
import type { Workspace } from '../../../src/api/types.ts';
import { eventually } from '../../support/eventually.ts';
import { createManifestsFixture } from '../../support/manifests-fixture.ts';
import type { ManifestsFixture } from '../../support/manifests-fixture.ts';
import { workspace } from '../../support/objects.ts';

const ws = (name: string, spec: Record<string, unknown> = {}): object =>
  workspace(name, { project: 'shop', branch: name, ...spec });

const header = (name: string): string =>
  `apiVersion: dual.dev/v1alpha1\nkind: Workspace\nmetadata:\n  name: ${name}\nspec:\n  project: shop\n`;

async function messageOf(fixture: ManifestsFixture, reason: string): Promise<string> {
  return eventually(async () => {
    const [event] = await fixture.events(reason);
    expect(event).toMatchObject({ type: 'Warning', involvedObject: { kind: 'Manifest' } });
    return event?.message ?? '';
  });
}

describe('an invalid manifest', () => {
  it.each([
    ['broken YAML', `${header('a')}  branch: [\n`, 'ManifestInvalid', /\/a\.yaml:\d+: Flow sequence/],
    [
      'an unknown field',
      `${header('a')}  branch: main\n  brnch: x\n`,
      'ManifestInvalid',
      /\/a\.yaml:8: spec\.brnch: .*Workspace "a"/,
    ],
    ['a wrong type', `${header('a')}  branch: 5\n`, 'ManifestInvalid', /\/a\.yaml:7: spec\.branch: /],
    ['a missing field', header('a'), 'ManifestInvalid', /\/a\.yaml:5: spec\.branch: /],
    ['a bad branch', `${header('a')}  branch: --upload-pack=x\n`, 'ManifestInvalid', /\/a\.yaml:7: spec\.branch: /],
    [
      'an unknown field of metadata',
      header('a').replace('  name', '  lables: {}\n  name'),
      'ManifestInvalid',
      /lables/,
    ],
    [
      'a foreign kind',
      'apiVersion: v1\nkind: Pod\n',
      'ManifestInvalid',
      /\/a\.yaml:2: kind: "Pod" \(v1\) is not a kind of Dual's/,
    ],
    ['5 MB', 'x: y\n'.repeat(1_000_000), 'ManifestInvalid', /\/a\.yaml: the file is too large: 5000000 bytes/],
    ['nothing', '', 'ManifestInvalid', /\/a\.yaml: the file is empty/],
  ])('with %s is told, and harms no other', async (_what, text, reason, expected) => {
    const fixture = await createManifestsFixture();
    await fixture.start();
    await fixture.writeText('a.yaml', text);
    await fixture.write('b.yaml', ws('b'));
    await fixture.expectNames('Workspace/b');
    expect(await messageOf(fixture, reason)).toMatch(expected);
    await fixture.settled();
    await fixture.expectNames('Workspace/b');
  });

  it('changes nothing of what it declared before, and is applied when it is mended', async () => {
    const fixture = await createManifestsFixture();
    await fixture.write('a.yaml', ws('a'), ws('b'));
    await fixture.start();
    await fixture.expectNames('Workspace/a', 'Workspace/b');
    for (const text of ['{', '', `${header('a')}  branch: main\n  nope: 1\n`]) {
      await fixture.writeText('a.yaml', text);
      await fixture.settled();
      await fixture.expectNames('Workspace/a', 'Workspace/b');
    }
    await fixture.write('a.yaml', ws('b'), ws('c'));
    await fixture.expectNames('Workspace/b', 'Workspace/c');
  });

  it('is applied as a whole or not at all', async () => {
    const fixture = await createManifestsFixture();
    await fixture.start();
    await fixture.write('a.yaml', ws('a'), ws('b', { state: 'Sleeping' }), ws('c'));
    expect(await messageOf(fixture, 'ManifestInvalid')).toMatch(/spec\.state: .*Workspace "b"/);
    await fixture.settled();
    await fixture.expectNames();
  });

  it('is told once', async () => {
    const fixture = await createManifestsFixture({ rescan: 50 });
    await fixture.start();
    await fixture.writeText('a.yaml', 'kind: [\n');
    await messageOf(fixture, 'ManifestInvalid');
    await fixture.settled();
    await fixture.settled();
    expect((await fixture.events('ManifestInvalid')).map(({ count }) => count)).toEqual([1]);
  });

  it('may be something that is no file, and holds up nothing', async () => {
    const fixture = await createManifestsFixture();
    await fixture.write('b.yaml', ws('b'));
    execFileSync('mkfifo', [fixture.path('a.yaml')]);
    await fixture.writeText('c.yaml', '\u0000\u0001');
    await fixture.start();
    await fixture.expectNames('Workspace/b');
    await eventually(async () => {
      const messages = (await fixture.events('ManifestInvalid')).map(({ message }) => message);
      expect(messages.join('\n')).toMatch(/a\.yaml: this is not a regular file/);
    });
  });

  it('may be half-written for a while', async () => {
    const fixture = await createManifestsFixture({ doubtful: 1000 });
    await fixture.start();
    const text = `${header('a')}  branch: feat/auth\n`;
    for (let end = 40; end < text.length; end += 20) {
      await fixture.writeText('a.yaml', text.slice(0, end));
      await new Promise((resolve) => {
        setTimeout(resolve, 70);
      });
    }
    await fixture.writeText('a.yaml', text);
    await fixture.expectNames('Workspace/a');
    expect((await fixture.client.get<Workspace>(WORKSPACES, 'a')).spec.branch).toBe('feat/auth');
    expect(await fixture.events('ManifestInvalid')).toEqual([]);
  });
});

describe('the same object in two files', () => {
  it('stays with the first; the second is refused, and takes over when the first lets go', async () => {
    const fixture = await createManifestsFixture();
    await fixture.write('m.yaml', ws('a'));
    await fixture.start();
    await fixture.expectNames('Workspace/a');
    const { metadata } = await fixture.client.get(WORKSPACES, 'a');
    await fixture.write('b.yaml', ws('a', { state: 'Stopped' }), ws('b'));
    expect(await messageOf(fixture, 'ManifestConflict')).toBe(
      'Workspace/a is declared in m.yaml already, so nothing of b.yaml is applied; remove it from one of the two',
    );
    await fixture.settled();
    await fixture.expectNames('Workspace/a');

    await fixture.remove('m.yaml');
    await fixture.expectNames('Workspace/a', 'Workspace/b');
    const taken = await fixture.client.get<Workspace>(WORKSPACES, 'a');
    expect([taken.metadata.uid, taken.spec.state]).toEqual([metadata.uid, 'Stopped']);
  });
});
