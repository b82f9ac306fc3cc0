import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/api/meta.ts';
import { PROJECTS, WORKSPACES } from '../../../src/api/scheme.ts';
import type { Admission } from '../../../src/apiserver/schema/admission.ts';
import { readCrds } from '../../../src/apiserver/served/custom-resources.ts';
import { servedResources } from '../../../src/apiserver/served/resources.ts';
import { systemClock } from '../../../src/clock/clock.ts';
import { packageRoot } from '../../../src/config/package-root.ts';
import { isApiError } from '../../../src/errors/api-error.ts';
import { silentLog } from '../../../src/log/log.ts';
import { openStore } from '../../../src/store/store.ts';
import { projectObject, workspaceObject } from '../../support/store-fixture.ts';

const store = openStore(':memory:', { clock: systemClock, log: silentLog });
const served = servedResources(store, readCrds(path.join(packageRoot(), 'crds')), {});

function admissionOf(plural: string): Admission {
  return served.find(({ resource }) => resource.plural === plural)!.admission!;
}

/** `field: message` of each fault, for what is made of the object when it comes in. */
function faults(plural: string, object: KubeObject, current?: KubeObject): string[] {
  const admission = admissionOf(plural);
  try {
    admission.check(admission.complete(object), current);
    return [];
  } catch (error) {
    if (!isApiError(error, 'Invalid')) throw error;
    expect(error.code).toBe(422);
    return error.causes.map((cause) => `${cause.field}: ${cause.message}`);
  }
}

const projectFaults = (spec: object): string[] => faults('projects', projectObject('p', { spec }));
const workspaceFaults = (spec: object): string[] => faults('workspaces', workspaceObject('w', { spec }));

describe('defaults', () => {
  it('fill in what is left out, also within what is left out', () => {
    expect(admissionOf(PROJECTS.plural).complete(projectObject('p')).spec).toEqual({
      source: { url: 'https://example.com/acme/light.git', depth: 0, submodules: false },
      image: { base: 'debian:bookworm-slim', packages: [], setup: [] },
      container: { driver: 'auto', resources: { pids: 4096 }, tmp: 'shared', mounts: [] },
      ports: [],
      env: [],
      commands: { container: [], host: [] },
      session: { backend: 'auto', panes: [{ name: 'shell', on: 'host', restart: 'Never' }] },
    });
  });

  it('take the place of null, and touch neither the original nor each other', () => {
    const admission = admissionOf(WORKSPACES.plural);
    const given = workspaceObject('w', { spec: { state: null } });
    expect(admission.complete(given).spec).toMatchObject({ state: 'Running', deletionPolicy: 'Retain' });
    expect(given.spec).toMatchObject({ state: null });
    const [a, b] = [1, 2].map(
      () => admissionOf(PROJECTS.plural).complete(projectObject('p')).spec as { ports: unknown[] },
    );
    a!.ports.push(1);
    expect(b!.ports).toEqual([]);
  });
});

describe('bad input', () => {
  it('names a field that does not exist', () => {
    expect(projectFaults({ sorce: {} })).toEqual(['spec.sorce: unknown field']);
    expect(faults('workspaces', workspaceObject('w', { metadata: { lables: {} } }))).toEqual([
      'metadata.lables: unknown field',
    ]);
    expect(projectFaults({ ports: [{ name: 'a', port: 1, prot: 'tcp' }] })).toEqual([
      'spec.ports[0].prot: unknown field',
    ]);
  });

  it('names a field that is missing', () => {
    expect(faults('workspaces', workspaceObject('w', { spec: { branch: undefined } }))).toEqual([
      'spec.branch: Required value',
    ]);
  });

  it('names the wrong type and the right one, and shows no value', () => {
    expect(projectFaults({ source: { url: 'https://example.com/x', depth: 'three' } })).toEqual([
      'spec.source.depth: Invalid value: "string": spec.source.depth in body must be of type integer: "string"',
    ]);
    expect(workspaceFaults({ from: 3 })).toEqual([
      'spec.from: Invalid value: "integer": spec.from in body must be of type string: "integer"',
    ]);
    expect(workspaceFaults({ from: null })).toEqual([
      'spec.from: Invalid value: "null": spec.from in body must be of type string: "null"',
    ]);
  });

  it('lists the values that are supported', () => {
    expect(workspaceFaults({ state: 'Paused' })).toEqual([
      'spec.state: Unsupported value: "Paused": supported values: "Running", "Stopped", "Lazy"',
    ]);
  });

  it.each([
    '--upload-pack=x',
    '../../x',
    'a..b',
    'a b',
    '.hidden',
    'x.lock',
    'a~1',
    'HEAD',
    'a\nb',
    '@{-1}',
    'a//b',
    '/a',
    'a/',
  ])('the branch %j is refused', (branch) => {
    expect(workspaceFaults({ branch })).toEqual([
      expect.stringMatching(/^spec\.branch: Invalid value: ".*": must be a name that git takes for a branch/s),
    ]);
    expect(workspaceFaults({ from: branch })).toHaveLength(1);
  });

  it.each(['feat/auth', 'v1.2', 'a-b_c', 'ünïcode', 'x@y', 'dependabot/npm_and_yarn/a-1.0'])(
    'the branch %j is taken',
    (branch) => {
      expect(workspaceFaults({ branch })).toEqual([]);
    },
  );

  it.each([
    'https://user:s3cret@example.com/x.git',
    'https://s3cret@example.com/x.git',
    'ssh://git:s3cret@example.com/x.git',
    'HTTPS://s3cret@example.com/x',
    '--upload-pack=s3cret',
    'ext::sh -c s3cret',
    'https://example.com/s3cret x',
  ])('the URL %j is refused and not repeated', (url) => {
    const found = projectFaults({ source: { url } });
    expect(found).toEqual([expect.stringMatching(/^spec\.source\.url: Invalid value: must /)]);
    expect(found[0]).not.toContain('s3cret');
    expect(found[0]!.includes('credentials')).toBe(url.includes('@'));
  });

  it.each([
    'git@example.com:acme/x.git',
    'ssh://git@example.com/x.git',
    'https://example.com/x@y',
    'file:///srv/x',
    '/srv/x',
  ])('the URL %j is taken', (url) => {
    expect(projectFaults({ source: { url } })).toEqual([]);
  });

  it('wants exactly one source', () => {
    expect(projectFaults({ source: { url: 'https://example.com/x', path: '/x' } })).toEqual([
      'spec.source: Invalid value: exactly one of url, path must be set, more than one is',
    ]);
    expect(projectFaults({ source: {} })).toEqual([
      'spec.source: Invalid value: exactly one of url, path must be set, none is',
    ]);
  });

  it('wants paths that need no manifest to be understood', () => {
    expect(
      projectFaults({ source: { path: 'code/x' }, container: { mounts: [{ path: './x' }, { path: '~/y' }] } }),
    ).toEqual([
      'spec.source.path: Invalid value: "code/x": must be an absolute path, or begin with "~/"',
      'spec.container.mounts[0].path: Invalid value: "./x": must be an absolute path, or begin with "~/"',
    ]);
  });

  it('names what is there twice', () => {
    const ports = [
      { name: 'a', port: 1 },
      { name: 'a', port: 2 },
      { name: 'b', port: 1 },
    ];
    expect(projectFaults({ ports })).toEqual([
      'spec.ports[1]: Duplicate value: {"name":"a"}',
      'spec.ports[2].port: Duplicate value: 1',
    ]);
  });

  it('lets a command run in one place only, and wants names of commands', () => {
    expect(projectFaults({ commands: { container: ['make', 'terraform'], host: ['psql', 'make'] } })).toEqual([
      'spec.commands.host[1]: Invalid value: "make": is in spec.commands.container too; a command runs in one place',
    ]);
    expect(projectFaults({ commands: { container: ['terraform'], host: ['make'] } })).toEqual([]);
    for (const name of ['bin/make', '-rf', '.hidden', 'a b', 'a\nb', '', 'x'.repeat(101)]) {
      expect(projectFaults({ commands: { host: [name] } }), name).toHaveLength(1);
    }
  });

  it('never shows the value of a variable', () => {
    const [fault] = projectFaults({ env: [{ name: 'A', value: 'x'.repeat(70_000) }] });
    expect(fault).toBe('spec.env[0].value: Too long: may not be more than 65536 characters');
    expect(projectFaults({ env: [{ name: '1A', value: 's3cret' }] }).join()).not.toContain('s3cret');
  });

  it.each(['Upper', '-a', 'a_b', 'a.b', 'x'.repeat(59), ''])('the name %j is refused', (name) => {
    expect(faults('workspaces', workspaceObject(name))).toEqual([expect.stringMatching(/^metadata\.name: /)]);
  });

  it('refuses labels that selectors could not name', () => {
    const metadata = { labels: { 'a b': 'x', ok: 'not ok' } };
    expect(faults('workspaces', workspaceObject('w', { metadata }))).toEqual([
      'metadata.labels: Invalid value: "a b": not a valid key',
      expect.stringMatching(
        /^metadata\.labels\.ok: Invalid value: "not ok": metadata\.labels\.ok in body should match/,
      ),
    ]);
  });

  it('tells no more faults than can be read', () => {
    const unknown = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`f${index}`, 1]));
    expect(projectFaults(unknown)).toHaveLength(20);
  });
});

describe('an object that was let in under older rules', () => {
  const old = workspaceObject('w', { spec: { branch: '../../x', gone: 1 } });

  it('can have its status and finalizers written', () => {
    expect(
      faults('workspaces', { ...old, status: { phase: 'Ready' } }, admissionOf('workspaces').complete(old)),
    ).toEqual([]);
  });

  it('must be put right when its spec is changed', () => {
    const changed = workspaceObject('w', { spec: { branch: '../../x', state: 'Lazy' } });
    expect(faults('workspaces', changed, old)).toEqual([expect.stringContaining('spec.branch')]);
  });
});
