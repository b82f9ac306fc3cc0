import { Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { PROJECTS, WORKSPACES } from '../../../../src/api/scheme.ts';
import { normalizeFlags, parseTimeout } from '../../../../src/cli/dualctl/flags.ts';
import { parseResourceArgs, resourceNamed } from '../../../../src/cli/dualctl/objects/resource-args.ts';

describe('parseResourceArgs', () => {
  it.each([
    [['ws'], [{ resource: WORKSPACES, names: [] }]],
    [['Workspaces', 'a', 'b'], [{ resource: WORKSPACES, names: ['a', 'b'] }]],
    [['workspace.dual.dev/a'], [{ resource: WORKSPACES, names: ['a'] }]],
    [['workspaces.v1alpha1.dual.dev', 'a'], [{ resource: WORKSPACES, names: ['a'] }]],
    [['ws,proj,workspace'], [WORKSPACES, PROJECTS].map((resource) => ({ resource, names: [] }))],
    [['all'], [PROJECTS, WORKSPACES].map((resource) => ({ resource, names: [] }))],
    [
      ['ws/a', 'proj/p', 'ws/b'],
      [
        { resource: WORKSPACES, names: ['a', 'b'] },
        { resource: PROJECTS, names: ['p'] },
      ],
    ],
  ])('%j', (args, expected) => {
    expect(parseResourceArgs(args)).toEqual(expected);
  });

  it.each([
    [[], 'Required resource not specified'],
    [['pods'], 'the server doesn\'t have a resource type "pods"'],
    [['pods.dual.dev'], 'the server doesn\'t have a resource type "pods.dual.dev"'],
    [['ws', 'ws/a'], 'there is no need to specify a resource type as a separate argument'],
    [['ws/'], 'must have a single resource and name'],
    [['ws/a/b'], 'must have a single resource and name'],
  ])('%j is refused', (args, message) => {
    expect(() => parseResourceArgs(args)).toThrow(message);
  });

  it('does not take the group of a core resource for its own', () => {
    expect(() => resourceNamed('events.dual.dev')).toThrow('events.dual.dev');
  });
});

describe('normalizeFlags', () => {
  const wait = new Option('--wait', '').default(true);
  const options = [
    new Option('-w, --watch', ''),
    wait,
    new Option('--no-wait', ''),
    new Option('--no-headers', ''),
    new Option('-o, --output <format>', ''),
  ];

  it.each([
    [
      ['--watch=true', '--wait=false'],
      ['--watch', '--no-wait'],
    ],
    [['--watch=false', '--wait=true'], ['--wait']],
    [['--no-headers=true'], ['--no-headers']],
    [['--no-headers=false'], []],
    [['-o=json'], ['-o', 'json']],
    [
      ['--output=jsonpath={.a=b}', '-ojson'],
      ['--output=jsonpath={.a=b}', '-ojson'],
    ],
    [['--watch=maybe'], ['--watch=maybe']],
    [
      ['x', '--', '--watch=true'],
      ['x', '--', '--watch=true'],
    ],
  ])('%j', (args, expected) => {
    expect(normalizeFlags(args, options)).toEqual(expected);
  });
});

describe('parseTimeout', () => {
  it('reads durations, negative ones too', () => {
    expect(['30s', '1h30m', '0', '0s', '-1s'].map(parseTimeout)).toEqual([30_000, 5_400_000, 0, 0, -1000]);
    expect(() => parseTimeout('soon')).toThrow('"soon" is not a duration');
  });
});
