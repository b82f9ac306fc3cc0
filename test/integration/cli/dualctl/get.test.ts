import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDualctlFixture, type DualctlFixture } from '../../../support/dualctl-fixture.ts';
import { eventually } from '../../../support/eventually.ts';

let fixture: DualctlFixture;

beforeEach(async () => {
  fixture = await createDualctlFixture();
});

afterEach(async () => {
  await fixture.close();
});

const READY = {
  phase: 'Ready',
  conditions: [
    {
      type: 'Ready',
      status: 'True',
      reason: 'Reconciled',
      message: 'all is well',
      lastTransitionTime: '2026-01-02T03:04:05Z',
    },
  ],
  clone: { path: '/w/shop/main' },
  session: { state: 'Background' },
  ports: [
    { port: 3000, protocol: 'http', listening: true, routed: true },
    { port: 5173, protocol: 'http', listening: true, routed: true },
  ],
};

async function shop(): Promise<void> {
  await fixture.workspace('shop-main', { metadata: { name: 'shop-main', labels: { team: 'web' } } });
  await fixture.setStatus('shop-main', READY);
  await fixture.workspace('shop-b', { spec: { project: 'shop', branch: 'feat/b' } });
}

describe('get, as a table', () => {
  it('prints what the server says', async () => {
    await shop();
    fixture.clock.advance(65_000);
    expect(await fixture.run(['get', 'workspaces'])).toEqual({
      code: 0,
      stderr: '',
      stdout: [
        'NAME        PROJECT   BRANCH   PHASE    READY    SESSION      PORTS       AGE',
        'shop-b      shop      feat/b   <none>   <none>   <none>       <none>      65s',
        'shop-main   shop      main     Ready    True     Background   3000,5173   65s',
        '',
      ].join('\n'),
    });
  });

  it('has more columns with -o wide', async () => {
    await shop();
    const { stdout } = await fixture.run(['get', 'ws', 'shop-main', '-o', 'wide', '--no-headers']);
    expect(stdout).toBe(
      'shop-main   shop   main   Ready   True   Background   3000,5173   all is well   <none>   <none>   /w/shop/main   0s\n',
    );
  });

  it('selects by label and shows labels', async () => {
    await shop();
    const { stdout } = await fixture.run([
      'get',
      'ws',
      '-l',
      'team=web',
      '--show-labels',
      '-L',
      'team',
      '--no-headers',
    ]);
    expect(stdout).toBe('shop-main   shop   main   Ready   True   Background   3000,5173   0s    web   team=web\n');
  });

  it('selects by field and sorts', async () => {
    await shop();
    const bySpec = await fixture.run(['get', 'ws', '--sort-by=.spec.branch', '-o', 'wide', '--no-headers']);
    expect(bySpec.stdout.split('\n').map((line) => line.split(' ')[0])).toEqual(['shop-b', 'shop-main', '']);
    const one = await fixture.run(['get', 'ws', '--field-selector', 'metadata.name=shop-b', '-o', 'name']);
    expect(one.stdout).toBe('workspace.dual.dev/shop-b\n');
  });

  it('names the kind where there are several', async () => {
    await shop();
    await fixture.run(
      ['apply', '-f', '-'],
      'apiVersion: dual.dev/v1alpha1\nkind: Project\nmetadata: {name: shop}\nspec: {source: {path: .}}\n',
    );
    const { stdout } = await fixture.run(['get', 'all']);
    const [projects = '', workspaces = ''] = stdout.split('\n\n');
    expect(projects).toMatch(/^NAME +SOURCE +WORKSPACES +READY +AGE\nproject\.dual\.dev\/shop /);
    expect(workspaces).toMatch(/^NAME .*\nworkspace\.dual\.dev\/shop-b .*\nworkspace\.dual\.dev\/shop-main /);
  });

  it('prints what it finds and reports what it does not', async () => {
    await shop();
    expect(await fixture.run(['get', 'ws', 'nope', 'shop-b', '--no-headers'])).toEqual({
      code: 1,
      stdout: 'shop-b   shop   feat/b   <none>   <none>   <none>   <none>   0s\n',
      stderr: 'Error from server (NotFound): workspaces.dual.dev "nope" not found\n',
    });
    expect(await fixture.run(['get', 'ws', 'nope', '--ignore-not-found'])).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('says on stderr that there is nothing', async () => {
    expect(await fixture.run(['get', 'workspaces'])).toEqual({ code: 0, stdout: '', stderr: 'No resources found\n' });
    const events = { code: 0, stdout: '', stderr: 'No resources found in default namespace.\n' };
    expect(await fixture.run(['get', 'events', '-A'])).toEqual(events);
  });

  it('refuses a type that there is not', async () => {
    const refused = { code: 1, stdout: '', stderr: 'error: the server doesn\'t have a resource type "pods"\n' };
    expect(await fixture.run(['get', 'pods'])).toEqual(refused);
  });

  it('reports a bad selector in the words of the server', async () => {
    const { code, stderr } = await fixture.run(['get', 'ws', '--field-selector', 'spec.nope=1']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Error from server \(BadRequest\): .*spec\.nope/);
  });
});

describe('get --raw', () => {
  it('prints what the server answers at that path', async () => {
    expect(await fixture.run(['get', '--raw', '/healthz'])).toEqual({ code: 0, stdout: 'ok', stderr: '' });
    const { stdout } = await fixture.run(['get', '--raw=/version']);
    expect(JSON.parse(stdout)).toMatchObject({ gitVersion: 'v9.8.7' });
  });

  it('reports what the server refuses', async () => {
    const refused = 'Error from server (NotFound): the server could not find the requested resource\n';
    expect(await fixture.run(['get', '--raw', '/nope'])).toEqual({ code: 1, stdout: '', stderr: refused });
  });

  it.each([['ws'], ['-o', 'json'], ['--no-headers'], ['-w']])('takes nothing else: %s', async (...more) => {
    const { code, stderr } = await fixture.run(['get', '--raw', '/healthz', ...more]);
    expect([code, stderr]).toEqual([
      1,
      'error: --raw is about a path alone: it takes no types, names or other flags\n',
    ]);
  });

  it('takes a path, not a URL', async () => {
    const { code, stderr } = await fixture.run(['get', '--raw', 'http://x/metrics']);
    expect([code, stderr]).toEqual([
      1,
      'error: --raw takes a path of the server, as in /metrics, not "http://x/metrics"\n',
    ]);
  });
});

describe('get, as objects', () => {
  it.each([
    ['jsonpath={.metadata.name}', 'shop-main'],
    ['jsonpath={.status.ports[*].port}', '3000 5173'],
    ['custom-columns=N:.metadata.name,P:.status.phase', 'N           P\nshop-main   Ready\n'],
  ])('-o %s', async (output, expected) => {
    await shop();
    expect(await fixture.run(['get', 'workspace/shop-main', '-o', output])).toEqual({
      code: 0,
      stdout: expected,
      stderr: '',
    });
  });

  it('gives one as itself and many as a List', async () => {
    await shop();
    const one = JSON.parse((await fixture.run(['get', 'ws', 'shop-b', '-ojson'])).stdout) as object;
    expect(one).toMatchObject({ kind: 'Workspace', metadata: { name: 'shop-b' }, spec: { state: 'Running' } });
    const many = JSON.parse((await fixture.run(['get', 'ws', '-o=json'])).stdout) as object;
    expect(many).toMatchObject({
      kind: 'List',
      items: [{ metadata: { name: 'shop-b' } }, { metadata: { name: 'shop-main' } }],
    });
    const none = JSON.parse((await fixture.run(['get', 'proj', '-o', 'json'])).stdout) as object;
    expect(none).toMatchObject({ kind: 'List', items: [] });
  });
});

describe('get -w', () => {
  it('goes on with what changes, aligned with what was printed', async () => {
    await shop();
    const watch = fixture.start(['get', 'ws', '-w', '--output-watch-events']);
    await eventually(() => expect(watch.stdout()).toContain('shop-main'));
    await fixture.setStatus('shop-b', READY);
    await eventually(() => expect(watch.stdout()).toContain('MODIFIED'));
    watch.interrupt();
    const { code, stdout } = await watch.ended;
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'EVENT      NAME        PROJECT   BRANCH   PHASE    READY    SESSION      PORTS       AGE',
      'ADDED      shop-b      shop      feat/b   <none>   <none>   <none>       <none>      0s',
      'ADDED      shop-main   shop      main     Ready    True     Background   3000,5173   0s',
      'MODIFIED   shop-b      shop      feat/b   Ready    True     Background   3000,5173   0s',
      '',
    ]);
  });

  it('follows one object by its name', async () => {
    await shop();
    const watch = fixture.start(['get', 'ws', 'shop-b', '--watch-only', '-o', 'jsonpath={.status.phase}{"\\n"}']);
    // A watch that began too late would miss the change, so it is made until it is seen.
    let tries = 0;
    await eventually(async () => {
      tries += 1;
      await fixture.setStatus('shop-main', READY);
      await fixture.setStatus('shop-b', { ...READY, clone: { path: `/${tries}` } });
      expect(watch.stdout()).toMatch(/^(Ready\n)+$/);
    });
    watch.interrupt();
    expect((await watch.ended).code).toBe(0);
  });

  it('is about one type, and about what exists', async () => {
    const many = { code: 1, stdout: '', stderr: 'error: you may only specify a single resource type\n' };
    expect(await fixture.run(['get', 'ws,proj', '-w'])).toEqual(many);
    const missing = 'Error from server (NotFound): workspaces.dual.dev "nope" not found\n';
    expect(await fixture.run(['get', 'ws', 'nope', '-w'])).toEqual({ code: 1, stdout: '', stderr: missing });
  });
});

describe('version and api-resources', () => {
  it('tells both versions', async () => {
    const { stdout } = await fixture.run(['version']);
    expect(stdout).toMatch(/^Client Version: v\d+\.\d+\.\d+\nServer Version: v9\.8\.7\n$/);
    const json = JSON.parse((await fixture.run(['version', '-o', 'json'])).stdout) as object;
    expect(json).toMatchObject({ serverVersion: { gitVersion: 'v9.8.7' } });
  });

  it('lists the kinds', async () => {
    const { stdout } = await fixture.run(['api-resources', '--api-group=dual.dev']);
    expect(stdout).toBe(
      [
        'NAME         SHORTNAMES   APIVERSION          NAMESPACED   KIND',
        'projects     proj         dual.dev/v1alpha1   false        Project',
        'workspaces   ws           dual.dev/v1alpha1   false        Workspace',
        '',
      ].join('\n'),
    );
    const names = (await fixture.run(['api-resources', '-o', 'name'])).stdout.split('\n');
    expect(names).toEqual(expect.arrayContaining(['events', 'workspaces.dual.dev']));
  });
});
