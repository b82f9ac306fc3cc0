import { readFile, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { WORKSPACES } from '../../../src/api/scheme.ts';
import type { Workspace } from '../../../src/api/types.ts';
import type { Client } from '../../../src/client/client.ts';
import type { Ledger } from '../../../src/manifests/ledger.ts';
import { eventually } from '../../support/eventually.ts';
import { createManifestsFixture } from '../../support/manifests-fixture.ts';
import type { ManifestsFixture } from '../../support/manifests-fixture.ts';
import { workspace } from '../../support/objects.ts';

const ws = (name: string, spec: Record<string, unknown> = {}): object =>
  workspace(name, { project: 'shop', branch: name, ...spec });

const stateOf = async (fixture: ManifestsFixture, name: string): Promise<string> =>
  (await fixture.client.get<Workspace>(WORKSPACES, name)).spec.state;

it('an unchanged file is not applied again, so that what was set since stays', async () => {
  const fixture = await createManifestsFixture();
  await fixture.write('a.yaml', ws('a', { state: 'Running' }), ws('b'));
  await fixture.start();
  await fixture.expectNames('Workspace/a', 'Workspace/b');
  await fixture.client.patch(WORKSPACES, 'a', { spec: { state: 'Stopped' } });
  await fixture.start();
  await fixture.settled();
  expect(await stateOf(fixture, 'a')).toBe('Stopped');

  await fixture.write('a.yaml', ws('a', { state: 'Running' }), ws('b', { state: 'Lazy' }));
  await eventually(async () => expect(await stateOf(fixture, 'a')).toBe('Running'));
});

it('what was deleted by hand comes back at the start, and nothing else is touched', async () => {
  const fixture = await createManifestsFixture();
  await fixture.write('a.yaml', ws('a', { state: 'Running' }), ws('b'));
  await fixture.start();
  await fixture.expectNames('Workspace/a', 'Workspace/b');
  await fixture.client.patch(WORKSPACES, 'a', { spec: { state: 'Stopped' } });
  await fixture.client.delete(WORKSPACES, 'b');
  await fixture.settled();
  await fixture.expectNames('Workspace/a');

  await fixture.start();
  await fixture.expectNames('Workspace/a', 'Workspace/b');
  expect(await stateOf(fixture, 'a')).toBe('Stopped');
});

it('what was deleted by hand comes back when its file is written again, and nothing else is touched', async () => {
  const fixture = await createManifestsFixture();
  const documents = [ws('a', { state: 'Running' }), ws('b')];
  await fixture.write('a.yaml', ...documents);
  await fixture.start();
  await fixture.expectNames('Workspace/a', 'Workspace/b');
  await fixture.client.patch(WORKSPACES, 'a', { spec: { state: 'Stopped' } });
  await fixture.client.delete(WORKSPACES, 'b');
  await fixture.settled();
  await fixture.expectNames('Workspace/a');

  await fixture.write('a.yaml', ...documents);
  await fixture.expectNames('Workspace/a', 'Workspace/b');
  expect(await stateOf(fixture, 'a')).toBe('Stopped');
});

it('what went while nobody looked is pruned at the start', async () => {
  const fixture = await createManifestsFixture();
  await fixture.write('a.yaml', ws('a'), ws('b'));
  await fixture.write('c.yaml', ws('c'));
  await fixture.start();
  await fixture.expectNames('Workspace/a', 'Workspace/b', 'Workspace/c');
  await fixture.stop();
  await fixture.write('a.yaml', ws('a'));
  await fixture.remove('c.yaml');
  await fixture.start();
  await fixture.expectNames('Workspace/a');
});

/**
 * As the real one until its nth write, at which the daemon dies: that write, before or after the server has taken it, and
 * everything that follows, is never answered. It is let go when the test is over.
 */
function dyingClient(client: Client, writes: number, taken: boolean): { client: Client; release(): void } {
  let left = writes;
  let release = (): void => {};
  const over = new Promise<never>((_resolve, reject) => {
    release = () => reject(new Error('the test is over'));
  });
  over.catch(() => undefined);
  const guarded = async <T>(write: () => Promise<T>): Promise<T> => {
    left -= 1;
    if (left >= 0) return write();
    if (left === -1 && taken) await write();
    return over;
  };
  const dying: Client = {
    ...client,
    create: (resource, object, options) =>
      options?.dryRun ? client.create(resource, object, options) : guarded(() => client.create(resource, object)),
    patch: (resource, name, patch, options) =>
      options?.dryRun
        ? client.patch(resource, name, patch, options)
        : guarded(() => client.patch(resource, name, patch, options)),
    delete: (resource, name, options) => guarded(() => client.delete(resource, name, options)),
  };
  return { client: dying, release };
}

it.each([0, 1, 2].flatMap((writes) => [false, true].map((taken) => [writes, taken] as const)))(
  'a crash at write %i (taken: %s) leaves nothing behind that is not known',
  async (writes, taken) => {
    const fixture = await createManifestsFixture();
    await fixture.write('a.yaml', ws('a'), ws('b'));
    await fixture.write('stays.yaml', ws('stays'));
    await fixture.startAndAbandon(dyingClient(fixture.client, writes, taken));
    await eventually(async () => expect(await fixture.names()).toHaveLength(writes + Number(taken)));
    await eventually(async () => expect(await readFile(fixture.ledgerFile, 'utf8')).toContain('"a.yaml"'));
    await fixture.remove('a.yaml');

    await fixture.start();
    await fixture.expectNames('Workspace/stays');
    await fixture.settled();
    const ledger = JSON.parse(await readFile(fixture.ledgerFile, 'utf8')) as Ledger;
    expect(ledger.files.map(({ path }) => path)).toEqual(['stays.yaml']);
  },
);

it.each([0, 1].flatMap((writes) => [false, true].map((taken) => [writes, taken] as const)))(
  'a crash at removal %i (taken: %s) is made up for',
  async (writes, taken) => {
    const fixture = await createManifestsFixture();
    await fixture.write('a.yaml', ws('a'), ws('b'));
    await fixture.write('stays.yaml', ws('stays'));
    await fixture.start();
    await fixture.expectNames('Workspace/a', 'Workspace/b', 'Workspace/stays');
    await fixture.stop();
    await fixture.remove('a.yaml');
    await fixture.startAndAbandon(dyingClient(fixture.client, writes, taken));
    await eventually(async () => expect(await fixture.names()).toHaveLength(3 - writes - Number(taken)));
    await fixture.start();
    await fixture.expectNames('Workspace/stays');
  },
);

it('a crash before the apply prunes nothing that was made by hand', async () => {
  const fixture = await createManifestsFixture();
  await fixture.client.create(WORKSPACES, ws('a') as Workspace);
  await fixture.write('a.yaml', ws('a'));
  await fixture.write('stays.yaml', ws('stays'));
  await fixture.startAndAbandon(dyingClient(fixture.client, 0, false));
  await eventually(async () => expect(await readFile(fixture.ledgerFile, 'utf8')).toContain('"a.yaml"'));
  await fixture.remove('a.yaml');
  await fixture.start();
  await fixture.settled();
  await fixture.expectNames('Workspace/a', 'Workspace/stays');
});

it('a server that is away is waited for', async () => {
  const fixture = await createManifestsFixture();
  await fixture.start();
  await fixture.settled();
  await fixture.api.stop();
  await fixture.write('a.yaml', ws('a'));
  await new Promise((resolve) => {
    setTimeout(resolve, 300);
  });
  await fixture.api.restart();
  await fixture.expectNames('Workspace/a');
});

it('a damaged ledger is put aside: what is declared is taken up again, and nothing is pruned', async () => {
  const fixture = await createManifestsFixture();
  await fixture.write('a.yaml', ws('a'));
  await fixture.write('b.yaml', ws('b'));
  await fixture.start();
  await fixture.expectNames('Workspace/a', 'Workspace/b');
  await fixture.stop();
  await writeFile(fixture.ledgerFile, '{"format": 1, "fi');
  await fixture.remove('b.yaml');
  await fixture.start();
  await fixture.settled();
  await fixture.expectNames('Workspace/a', 'Workspace/b');
  expect(await readFile(`${fixture.ledgerFile}.damaged`, 'utf8')).toBe('{"format": 1, "fi');
  await fixture.write('c.yaml', ws('c'));
  await fixture.remove('a.yaml');
  await fixture.expectNames('Workspace/b', 'Workspace/c');
});
