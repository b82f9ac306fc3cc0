import type { Observation } from '../../controllers/workspace/observation.ts';
import type { Project, Workspace } from '../../src/api/types.ts';

const meta = (name: string): Workspace['metadata'] => ({
  name,
  uid: `uid-of-${name}`,
  resourceVersion: '1',
  generation: 1,
  creationTimestamp: '2026-01-01T00:00:00Z',
});

export function aProject(spec: Partial<Project['spec']> = {}): Project {
  return {
    apiVersion: 'dual.dev/v1alpha1',
    kind: 'Project',
    metadata: meta('shop'),
    spec: {
      source: { path: '/src/shop', depth: 0, submodules: false },
      image: { base: 'debian:bookworm-slim', packages: [], setup: [] },
      container: { driver: 'auto', resources: { pids: 4096 }, tmp: 'shared', mounts: [] },
      ports: [],
      env: [],
      commands: { container: [], host: [] },
      session: { backend: 'auto', panes: [{ name: 'shell', on: 'host', restart: 'Never' }] },
      ...spec,
    },
  };
}

export function aWorkspace(
  spec: Partial<Workspace['spec']> = {},
  metadata: Partial<Workspace['metadata']> = {},
): Workspace {
  return {
    apiVersion: 'dual.dev/v1alpha1',
    kind: 'Workspace',
    metadata: { ...meta('shop-main'), ...metadata },
    spec: { project: 'shop', branch: 'main', state: 'Running', deletionPolicy: 'Retain', ...spec },
  };
}

/** Everything in place: what a Ready Workspace looks like. Take parts away to get the earlier states. */
export function everythingInPlace(): Required<Observation> {
  const owner = { uid: 'uid-of-shop-main', workspace: 'shop-main', project: 'shop' };
  return {
    project: aProject(),
    address: '127.77.12.5',
    clone: {
      dir: '/ws/shop/main',
      job: { phase: 'none' },
      state: {
        kind: 'clone',
        owner: 'shop-main',
        head: 'abc',
        branch: 'main',
        dirty: false,
        unpushed: 0,
        identity: '1:2',
      },
    },
    choice: { name: 'docker', root: 'image', why: 'auto, which takes docker where it answers' },
    image: {
      plan: {
        project: 'shop',
        ref: 'dual/shop:abc',
        inputsHash: 'abc',
        base: 'b',
        packages: [],
        setup: [],
        tools: [],
        lacking: [],
      },
      built: true,
      job: { phase: 'none' },
    },
    container: {
      spec: {
        owner,
        name: 'dual-shop-main',
        hostname: 'host',
        image: 'dual/shop:abc',
        worktree: '/ws/shop/main',
        worktreeIdentity: '1:2',
        mounts: [],
        tmp: 'shared',
        env: {},
        resources: { pids: 4096 },
        user: { uid: 1000, gid: 1000, name: 'u', home: '/home/u' },
        guestDir: '/state/r/abc',
        specHash: 'spec1',
      },
      actual: {
        owner,
        id: 'c1',
        name: 'dual-shop-main',
        running: true,
        startedAt: '2026-01-01T00:00:00Z',
        specHash: 'spec1',
        notices: [],
        guest: { socket: '/state/r/abc/s' },
      },
      guest: { answering: true, ports: [] },
      tmpDirReady: true,
    },
    shims: {
      spec: {
        uid: 'u1',
        workspace: 'shop-main',
        worktree: '/ws/shop/main',
        visible: [],
        commands: { container: [], host: [] },
        env: {},
        machine: 'abc@',
      },
      upToDate: true,
    },
    session: {
      name: 'shop-main',
      backend: 'tmux',
      strays: [],
      specHash: '1:2',
      panes: [],
      actual: {
        name: 'shop-main',
        owner,
        specHash: '1:2',
        attached: 0,
        panes: [{ name: 'shell', running: true, target: '', specHash: 'x', restarts: 0 }],
      },
      actions: [],
      crashLooping: [],
    },
    routes: {
      ports: [],
      route: { workspace: 'shop-main', ports: [], awaited: [] },
      results: { http: [], awaited: [], tcp: [] },
    },
    announced: { http: [], awaited: [], tcp: [] },
  };
}
