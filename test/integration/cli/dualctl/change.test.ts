import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PROJECTS, WORKSPACES } from '../../../../src/api/scheme.ts';
import type { Project } from '../../../../src/api/types.ts';
import { createDualctlFixture, type DualctlFixture } from '../../../support/dualctl-fixture.ts';
import { eventually } from '../../../support/eventually.ts';

let fixture: DualctlFixture;

beforeEach(async () => {
  fixture = await createDualctlFixture();
});

afterEach(async () => {
  await fixture.close();
});

const PROJECT =
  'apiVersion: dual.dev/v1alpha1\nkind: Project\nmetadata: {name: shop}\nspec: {source: {path: ./shop}}\n';
const WORKSPACE =
  'apiVersion: dual.dev/v1alpha1\nkind: Workspace\nmetadata: {name: shop-main}\nspec: {project: shop, branch: main}\n';
const BAD = WORKSPACE.replace('shop-main', 'shop-bad').replace('branch: main', 'brunch: main');

async function file(name: string, content: string): Promise<string> {
  const target = path.join(fixture.home, name);
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, content);
  return name;
}

describe('apply', () => {
  it('creates, changes, and says when there is nothing to do; Projects come first', async () => {
    const name = await file('shop.yaml', `${WORKSPACE}---\n${PROJECT}`);
    const both = (result: string): string =>
      `project.dual.dev/shop ${result}\nworkspace.dual.dev/shop-main ${result}\n`;
    expect(await fixture.run(['apply', '-f', name])).toEqual({ code: 0, stdout: both('created'), stderr: '' });
    expect(await fixture.run(['apply', '-f', name])).toEqual({ code: 0, stdout: both('unchanged'), stderr: '' });
    const changed = WORKSPACE.replace('branch: main', 'branch: main, state: Stopped');
    expect((await fixture.run(['apply', '-f', '-'], changed)).stdout).toBe('workspace.dual.dev/shop-main configured\n');
    const { spec } = await fixture.client.get(WORKSPACES, 'shop-main');
    expect(spec).toMatchObject({ state: 'Stopped' });
  });

  it('takes paths relative to the file, and to the current directory on standard input', async () => {
    await fixture.run(['apply', '-f', await file('sub/shop.yaml', PROJECT)]);
    const pathOf = async (): Promise<unknown> => (await fixture.client.get<Project>(PROJECTS, 'shop')).spec.source.path;
    expect(await pathOf()).toBe(path.join(fixture.home, 'sub/shop'));
    await fixture.run(['apply', '-f', '-'], PROJECT);
    expect(await pathOf()).toBe(path.join(fixture.home, 'shop'));
  });

  it('reads directories, all the way down with -R', async () => {
    await file('all/a.yaml', WORKSPACE);
    await file('all/notes.txt', 'not a manifest');
    await file(
      'all/deep/b.json',
      JSON.stringify({
        apiVersion: 'dual.dev/v1alpha1',
        kind: 'Project',
        metadata: { name: 'shop' },
        spec: { source: { path: '.' } },
      }),
    );
    expect((await fixture.run(['apply', '-f', 'all'])).stdout).toBe('workspace.dual.dev/shop-main created\n');
    expect((await fixture.run(['apply', '-f', 'all', '-R'])).stdout).toBe(
      'project.dual.dev/shop created\nworkspace.dual.dev/shop-main unchanged\n',
    );
  });

  it('goes on after an object that is refused, and fails in the end', async () => {
    const { code, stdout, stderr } = await fixture.run(['apply', '-f', '-'], `${BAD}---\n${WORKSPACE}`);
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'workspace.dual.dev/shop-main created\n' });
    expect(stderr).toMatch(/The Workspace "shop-bad" is invalid:|unknown field "spec\.brunch"/);
    expect(stderr).toContain('spec.brunch');
  });

  it('names file and line of what cannot be read', async () => {
    const name = await file('broken.yaml', `${WORKSPACE}---\nkind: [\n`);
    const { code, stderr } = await fixture.run(['apply', '-f', name]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: broken\.yaml:\d+: /);
  });

  it('keeps nothing on a dry run', async () => {
    const client = await fixture.run(['apply', '-f', '-', '--dry-run=client'], WORKSPACE);
    expect(client.stdout).toBe('workspace.dual.dev/shop-main created (dry run)\n');
    const server = await fixture.run(['apply', '-f', '-', '--dry-run=server', '-o', 'name'], WORKSPACE);
    expect(server).toEqual({ code: 0, stdout: 'workspace.dual.dev/shop-main\n', stderr: '' });
    expect((await fixture.client.list(WORKSPACES)).items).toEqual([]);
    expect((await fixture.run(['apply', '-f', '-', '--dry-run=server'], BAD)).code).toBe(1);
  });

  it.each([
    [['apply'], 'error: must specify -f\n'],
    [['apply', '-f', 'nope.yaml'], 'error: the path "nope.yaml" does not exist\n'],
    [['apply', '-f', '-'], 'error: no objects passed to dualctl\n'],
    [
      ['apply', '-f', '-', '--dry-run=maybe'],
      'error: invalid dry-run value (maybe). Must be "none", "server", or "client"\n',
    ],
  ])('%j is refused', async (args, stderr) => {
    expect(await fixture.run(args)).toEqual({ code: 1, stdout: '', stderr });
  });

  it('does not fetch manifests from elsewhere', async () => {
    const { code, stderr } = await fixture.run(['apply', '-f', 'https://example.com/x.yaml']);
    expect(code).toBe(1);
    expect(stderr).toContain('URLs are not read');
  });
});

describe('delete', () => {
  const gone = async (name: string): Promise<boolean> => {
    const { items } = await fixture.client.list(WORKSPACES, { fieldSelector: `metadata.name=${name}` });
    return items.length === 0;
  };

  it('deletes by name, by file and by label', async () => {
    for (const name of ['a', 'b', 'shop-main'])
      await fixture.workspace(name, { metadata: { name, labels: { n: name } } });
    expect(await fixture.run(['delete', 'ws', 'a'])).toEqual({
      code: 0,
      stdout: 'workspace.dual.dev "a" deleted\n',
      stderr: '',
    });
    expect((await fixture.run(['delete', '-f', '-'], WORKSPACE)).stdout).toBe(
      'workspace.dual.dev "shop-main" deleted\n',
    );
    expect((await fixture.run(['delete', 'ws', '-l', 'n=b', '-o', 'name'])).stdout).toBe('workspace.dual.dev/b\n');
    expect((await fixture.client.list(WORKSPACES)).items).toEqual([]);
    expect(await fixture.run(['delete', 'ws', '--all'])).toEqual({
      code: 0,
      stdout: '',
      stderr: 'No resources found\n',
    });
  });

  it('deletes what there is and reports what there is not', async () => {
    await fixture.workspace('a');
    expect(await fixture.run(['delete', 'ws', 'nope', 'a'])).toEqual({
      code: 1,
      stdout: 'workspace.dual.dev "a" deleted\n',
      stderr: 'Error from server (NotFound): workspaces.dual.dev "nope" not found\n',
    });
    expect(await fixture.run(['delete', 'ws', 'nope', '--ignore-not-found'])).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
  });

  it('waits for the finalizers and tells where the work is', async () => {
    const object = await fixture.workspace('a', { metadata: { name: 'a', finalizers: ['dual.dev/cleanup'] } });
    await fixture.setStatus('a', { phase: 'Ready', clone: { path: '/w/shop/main' } });
    const deletion = fixture.start(['delete', 'workspace', 'a']);
    await eventually(() => expect(deletion.stdout()).toBe('workspace.dual.dev "a" deleted\n'));
    expect(await gone('a')).toBe(false);
    await fixture.event(object, { reason: 'CloneKept', message: 'kept /w/shop/main: 2 unpushed commits' });
    await fixture.client.patch(WORKSPACES, 'a', { metadata: { finalizers: null } });
    expect(await deletion.ended).toEqual({
      code: 0,
      stdout: 'workspace.dual.dev "a" deleted\n',
      stderr: 'workspace.dual.dev "a": kept /w/shop/main: 2 unpushed commits\n',
    });
  });

  it('does not wait when told so, and gives up in time', async () => {
    await fixture.workspace('a', { metadata: { name: 'a', finalizers: ['dual.dev/cleanup'] } });
    expect((await fixture.run(['delete', 'ws', 'a', '--wait=false'])).code).toBe(0);
    const deletion = fixture.start(['delete', 'ws', 'a', '--timeout=5s']);
    await eventually(() => {
      fixture.clock.advance(5_000);
      expect(deletion.stderr()).not.toBe('');
    });
    expect(await deletion.ended).toMatchObject({
      code: 1,
      stderr: 'error: timed out waiting for the condition on workspaces/a\n',
    });
  });

  it('deletes nothing on a dry run', async () => {
    await fixture.workspace('a');
    expect((await fixture.run(['delete', 'ws', 'a', '--dry-run=client'])).stdout).toBe(
      'workspace.dual.dev "a" deleted (dry run)\n',
    );
    expect((await fixture.run(['delete', 'ws', 'a', '--dry-run=server'])).stdout).toBe(
      'workspace.dual.dev "a" deleted (server dry run)\n',
    );
    expect(await gone('a')).toBe(false);
  });

  it('does not take silence for "all"', async () => {
    const { code, stderr } = await fixture.run(['delete', 'ws']);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'error: resource(s) were provided, but no name was specified: give names, -l or --all\n',
    });
  });
});
