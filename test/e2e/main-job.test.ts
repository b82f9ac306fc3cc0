import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { git, makeRepo } from '../support/app-repo.ts';
import { createInstance } from '../support/instance.ts';
import type { Instance } from '../support/instance.ts';
import { SERVER_FILES, SERVER_PANES, project, workspace } from '../support/objects.ts';

let dual: Instance;
let repo: string;

beforeAll(async () => {
  dual = await createInstance();
  repo = makeRepo(path.join(dual.home, 'repos/app'), SERVER_FILES, ['feat/cart']);
  dual.manifest(
    'app.yaml',
    project('app', { source: { path: repo }, session: SERVER_PANES, ports: [{ name: 'web', port: 3000 }] }),
  );
});

afterAll(() => dual.destroy());

async function served(name: string): Promise<string> {
  return eventually(
    async () => {
      const { status, body } = await dual.fetch(`http://${name}.localhost:3000/`);
      expect(status).toBe(200);
      return body;
    },
    { timeout: 30_000, interval: 100 },
  );
}

describe('a manifest dropped into the directory', () => {
  it('becomes a clone, a machine, a session and a URL', async () => {
    dual.manifest('app-main.yaml', workspace('app-main', { project: 'app', branch: 'main' }));
    const { status } = await eventually(() => dual.ready('app-main'), { timeout: 30_000 });
    const clone = status!.clone!.path!;
    expect(clone).toBe(path.join(dual.paths.workspaces, 'app/main'));
    expect(git(clone, 'rev-parse', 'HEAD')).toBe(status!.clone!.head);
    expect(git(clone, 'remote', 'get-url', 'origin')).toBe(repo);
    expect(dual.machines(false)).toEqual([status!.container!.id]);
    expect(await dual.sessions()).toEqual(['app-main']);
    expect(await served('app-main')).toBe('main\napp-main.localhost:3000');
    await eventually(async () => {
      const { address, ports } = (await dual.workspace('app-main')).status!;
      expect(address).toMatch(/^127\.\d+\.\d+\.\d+$/);
      expect(ports).toEqual([
        {
          port: 3000,
          name: 'web',
          protocol: 'http',
          process: 'node',
          listening: true,
          routed: true,
          url: 'http://app-main.localhost:3000',
          tcp: `${address}:3000`,
        },
      ]);
    });
  });

  it('is reached as plain TCP at an address of its own, and by its name through a pipe', async () => {
    const { address } = (await dual.workspace('app-main')).status!;
    const { stdout } = await dual.dual(['urls', '--tcp', 'app-main']);
    expect(stdout).toContain(`${address}:3000`);
    expect((await dual.fetch(`http://${address}:3000/`, address)).body).toBe(`main\n${address}:3000`);
    const request = 'GET / HTTP/1.1\r\nHost: a-name\r\nConnection: close\r\n\r\n';
    const piped = await dual.dual(['connect', 'app-main', 'web'], request);
    expect({ code: piped.code, stderr: piped.stderr }).toEqual({ code: 0, stderr: '' });
    expect(piped.stdout).toMatch(/^HTTP\/1\.1 200 OK[^]*main\na-name$/);
  });

  it('can have plain localhost', async () => {
    const plain = async (): Promise<string> => (await dual.fetch('http://localhost:3000/')).body;
    const own = 'main\nlocalhost:3000';
    expect(await plain()).not.toBe(own);
    expect((await dual.dual(['focus', 'app-main'])).code).toBe(0);
    await eventually(async () => expect(await plain()).toBe(own));
    expect((await dual.dual(['focus'])).stdout).toBe('app-main\n');
    expect((await dual.dual(['focus', '--off'])).code).toBe(0);
    await eventually(async () => expect(await plain()).not.toBe(own));
  });

  it('is shown by get, describe, urls and events', async () => {
    const table = await dual.dualctl(['get', 'workspaces']);
    const [header, row] = table.stdout.split('\n');
    expect(header).toMatch(/^NAME +PROJECT +BRANCH +PHASE +READY +SESSION +PORTS +AGE$/);
    expect(row).toMatch(/^app-main +app +main +Ready +True +Background +3000 +\d+[sm]/);
    const described = await dual.dualctl(['describe', 'workspace', 'app-main']);
    expect(described.stdout).toContain('http://app-main.localhost:3000');
    expect(described.stdout).toMatch(/Ready +True +Reconciled/);
    expect((await dual.dual(['urls', 'app-main'])).stdout).toContain('http://app-main.localhost:3000');
    expect((await dual.dualctl(['events'])).stdout).toMatch(/Normal +Reconciled +[Ww]orkspace\/app-main/);
  });

  it('runs commands inside as the user, in the worktree, with the exit code', async () => {
    const { status } = await dual.workspace('app-main');
    const result = await dual.dual(
      ['run', '-w', 'app-main', '--', 'sh', '-c', 'id -u; pwd; node --version; cat; exit 7'],
      'from stdin',
    );
    expect(result.stdout.split('\n')).toEqual([`${process.getuid!()}`, status!.clone!.path, 'v22.23.3', 'from stdin']);
    expect(result.code).toBe(7);
  });

  it('gives the machine neither the engine nor the API', async () => {
    const inside = await dual.dual(['run', '-w', 'app-main', '--', 'ls', '/var/run/docker.sock', dual.paths.apiSocket]);
    expect(inside.code).not.toBe(0);
    expect(inside.stdout).toBe('');
  });

  it('shares a branch, each in a directory of its own', async () => {
    dual.manifest('second.yaml', workspace('app-second', { project: 'app', branch: 'main' }));
    const { status } = await eventually(() => dual.ready('app-second'), { timeout: 30_000 });
    expect(status!.clone!.path).toBe(path.join(dual.paths.workspaces, 'app/main--app-second'));
    expect(await served('app-second')).toContain('app-second.localhost');
  });

  it('follows a branch of the source, and starts one that exists nowhere', async () => {
    dual.manifest(
      'branches.yaml',
      workspace('app-cart', { project: 'app', branch: 'feat/cart' }),
      workspace('app-new', { project: 'app', branch: 'feat/new', from: 'feat/cart' }),
    );
    await eventually(() => dual.ready('app-cart'), { timeout: 30_000 });
    const { status } = await eventually(() => dual.ready('app-new'), { timeout: 30_000 });
    expect(status!.clone).toMatchObject({
      branch: 'feat/new',
      path: path.join(dual.paths.workspaces, 'app/feat__new'),
    });
  });
});

describe('the desired state', () => {
  it('can be Stopped and Running again', async () => {
    expect((await dual.dual(['stop', 'app-second'])).code).toBe(0);
    await eventually(async () => {
      const { status } = await dual.workspace('app-second');
      expect(status).toMatchObject({ phase: 'Stopped', session: { state: 'Stopped' }, ports: [] });
    });
    expect(await dual.sessions()).not.toContain('app-second');
    const page = await dual.fetch('http://app-second.localhost:3000/');
    expect(page.status).toBe(503);
    expect(page.body).toContain('dual start app-second');
    expect((await dual.dual(['start', 'app-second'])).code).toBe(0);
    await dual.ready('app-second');
    expect(await served('app-second')).toContain('app-second.localhost');
  });

  it('can be Lazy: nothing is made until it is first used', async () => {
    dual.manifest('lazy.yaml', workspace('app-lazy', { project: 'app', branch: 'main', state: 'Lazy' }));
    await eventually(async () => expect((await dual.workspace('app-lazy')).status?.phase).toBe('Lazy'));
    expect(existsSync(path.join(dual.paths.workspaces, 'app/main--app-lazy'))).toBe(false);
    const { stdout, code } = await dual.dual(['run', '-w', 'app-lazy', '--', 'echo', 'awake']);
    expect({ stdout, code }).toEqual({ stdout: 'awake\n', code: 0 });
    await dual.ready('app-lazy');
  });

  it('can be Lazy: made real by whoever opens its page', async () => {
    dual.manifest('lazy-page.yaml', workspace('app-page', { project: 'app', branch: 'main', state: 'Lazy' }));
    await eventually(async () => expect((await dual.workspace('app-page')).status?.phase).toBe('Lazy'));
    expect((await dual.fetch('http://app-page.localhost:3000/')).status).toBe(503);
    expect(await served('app-page')).toBe('main\napp-page.localhost:3000');
  });

  it('is reached although another program has its plain TCP address', async () => {
    dual.manifest('held.yaml', workspace('app-held', { project: 'app', branch: 'main', state: 'Lazy' }));
    const address = await eventually(async () => {
      const { status } = await dual.workspace('app-held');
      expect(status).toMatchObject({ phase: 'Lazy', address: expect.any(String) as string });
      return status!.address!;
    });
    const other = net.createServer((socket) => socket.end('another program'));
    onTestFinished(() => void other.close());
    await once(other.listen(3000, address), 'listening');
    await dual.fetch('http://app-held.localhost:3000/');
    expect(await served('app-held')).toContain('app-held.localhost');
    const { status } = await eventually(async () => {
      const ready = await dual.ready('app-held');
      expect(ready.status?.ports?.[0]?.routed).toBe(true);
      return ready;
    });
    const held = `port 3000 on ${address} is held by`;
    expect(status?.ports?.[0]).toMatchObject({ port: 3000, message: expect.stringContaining(held) as string });
    expect(status?.ports?.[0]).not.toHaveProperty('tcp');
    const route = status?.conditions?.find(({ type }) => type === 'RouteReady');
    expect(route).toMatchObject({ status: 'True', message: expect.stringContaining(held) as string });
    expect(route?.message).toContain('dual connect app-held 3000');
    const request = 'GET / HTTP/1.0\r\n\r\n';
    expect((await dual.dual(['connect', 'app-held', '3000'], request)).stdout).toContain('200 OK');
    other.close();
    await eventually(async () => {
      expect((await dual.workspace('app-held')).status?.ports?.[0]?.tcp).toBe(`${address}:3000`);
    });
  });
});

describe('a manifest taken away', () => {
  it('takes machine, session and route with it, and keeps work that exists nowhere else', async () => {
    const { status } = await dual.workspace('app-cart');
    const clone = status!.clone!.path!;
    writeFileSync(path.join(clone, 'draft.txt'), 'not committed');
    git(clone, 'commit', '--quiet', '--allow-empty', '--message', 'not pushed');
    dual.removeManifest('branches.yaml');
    await eventually(async () => expect((await dual.dualctl(['get', 'workspace', 'app-cart'])).code).toBe(1), {
      timeout: 30_000,
    });
    expect(dual.machines()).not.toContain(status!.container!.id);
    expect(await dual.sessions()).not.toContain('app-cart');
    expect((await dual.fetch('http://app-cart.localhost:3000/')).status).toBe(404);
    expect(readFileSync(path.join(clone, 'draft.txt'), 'utf8')).toBe('not committed');
    const { stdout } = await dual.dualctl(['events']);
    expect(stdout).toMatch(/CloneKept/);
    expect(stdout).toContain(clone);
  });

  it('finds its work again when it comes back', async () => {
    dual.manifest('branches.yaml', workspace('app-cart', { project: 'app', branch: 'feat/cart' }));
    const { status } = await eventually(() => dual.ready('app-cart'), { timeout: 30_000 });
    expect(status!.clone).toMatchObject({ dirty: true, unpushed: 1 });
    expect(readFileSync(path.join(status!.clone!.path!, 'draft.txt'), 'utf8')).toBe('not committed');
  });

  it('keeps unsaved work even with deletionPolicy Delete, and says where; without any the clone goes', async () => {
    dual.manifest(
      'delete.yaml',
      workspace('gone', { project: 'app', branch: 'main', deletionPolicy: 'Delete' }),
      workspace('kept', { project: 'app', branch: 'main', deletionPolicy: 'Delete' }),
    );
    const gone = (await eventually(() => dual.ready('gone'), { timeout: 30_000 })).status!.clone!.path!;
    const kept = (await eventually(() => dual.ready('kept'), { timeout: 30_000 })).status!.clone!.path!;
    writeFileSync(path.join(kept, 'draft.txt'), 'precious');
    const result = await dual.dualctl(['delete', 'workspace', 'gone', 'kept']);
    expect(result.stdout).toContain('workspace.dual.dev "kept" deleted');
    expect(result.stderr).toContain(kept);
    expect(existsSync(gone)).toBe(false);
    expect(readFileSync(path.join(kept, 'draft.txt'), 'utf8')).toBe('precious');
  });
});
