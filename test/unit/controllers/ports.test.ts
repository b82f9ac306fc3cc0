import { describe, expect, it } from 'vitest';
import { portStatuses } from '../../../controllers/workspace/port-status.ts';
import { classifyPorts } from '../../../controllers/workspace/ports.ts';
import { announcedRoute, routeKey, servedRoute } from '../../../controllers/workspace/route.ts';
import { established } from '../../../controllers/workspace/findings.ts';
import type { Observation } from '../../../controllers/workspace/observation.ts';
import { ANNOTATION_FOCUSED } from '../../../src/api/labels.ts';
import type { Project, Workspace } from '../../../src/api/types.ts';
import type { ListeningPort } from '../../../src/guest/protocol.ts';
import type { PortResult, Route, RouteResults } from '../../../src/proxy/routes.ts';
import { aProject, aWorkspace, everythingInPlace } from '../../support/workspace-fixture.ts';

const DECLARED: Project['spec']['ports'] = [
  { name: 'www', port: 3000, protocol: 'auto' },
  { name: 'api', port: 4000, protocol: 'http' },
  { name: 'db', port: 5432, protocol: 'auto' },
  { name: 'raw', port: 7000, protocol: 'tcp' },
  { name: 'cache', port: 6379, protocol: 'http' },
];
const listens = (port: number, reachable = true): ListeningPort => ({ port, reachable, process: 'node' });
const LISTENING = [listens(41_000), listens(3000), listens(5432), listens(8080, false), listens(7000)];

/** What is observed of a machine in which these listen. */
function observed(listening: ListeningPort[], results?: RouteResults, workspace = aWorkspace()): Required<Observation> {
  const observation = everythingInPlace();
  observation.project = aProject({ ports: DECLARED });
  const ports = classifyPorts(listening, DECLARED);
  const route = servedRoute(workspace, observation, { container: observation.container.actual!, ports });
  observation.routes = { ports, route, ...(results && { results }) };
  return observation;
}

const fine = (port: number): PortResult => ({ port, listening: true });
const taken = (port: number, where: string): PortResult => ({
  port,
  listening: false,
  reason: 'PortTaken',
  message: `port ${port} on ${where} is held by postgres (process 7)`,
});
const absent = (port: number): PortResult => ({ port, listening: false, reason: 'NoAddress', message: `no ${port}` });

describe('a route', () => {
  const route = (workspace = aWorkspace(), listening = LISTENING): Route =>
    observed(listening, undefined, workspace).routes.route;

  it('has URLs for what speaks HTTP, and plain TCP for all that can be reached', () => {
    expect(route()).toEqual({
      workspace: 'shop-main',
      endpoint: { socket: '/state/r/abc/s' },
      ports: [3000],
      awaited: [],
      tcp: { address: '127.77.12.5', ports: [3000, 5432, 7000, 41_000] },
      directory: '/ws/shop/main',
    });
  });

  it('awaits what a Lazy workspace declares, less what is there, and no plain TCP', () => {
    const lazy = aWorkspace({ state: 'Lazy' });
    expect(route(lazy).awaited).toEqual([4000, 6379]);
    expect(route(lazy, []).awaited).toEqual([3000, 4000, 6379]);
    const announced = announcedRoute(lazy, { ...everythingInPlace(), project: aProject({ ports: DECLARED }) });
    expect(announced).toMatchObject({ ports: [], awaited: [3000, 4000, 6379] });
  });

  it('leads nowhere while no machine answers, and has no directory before there is a clone', () => {
    const observation = everythingInPlace();
    expect(announcedRoute(aWorkspace(), observation)).toEqual({
      workspace: 'shop-main',
      ports: [],
      awaited: [],
      directory: '/ws/shop/main',
    });
    observation.clone.state = { kind: 'missing' };
    expect(announcedRoute(aWorkspace(), observation)).not.toHaveProperty('directory');
  });

  it('tells since when plain localhost means it, and nothing that is no time', () => {
    const focused = (time: string): Workspace => aWorkspace({}, { annotations: { [ANNOTATION_FOCUSED]: time } });
    expect(route(focused('2026-01-01T00:00:00Z')).focusedAt).toBe('2026-01-01T00:00:00Z');
    expect(announcedRoute(focused('2026-01-01T00:00:00Z'), everythingInPlace())).toHaveProperty('focusedAt');
    expect(route(focused('soon'))).not.toHaveProperty('focusedAt');
    expect(route(focused('2026-01-01T00:00:00+02:00'))).not.toHaveProperty('focusedAt');
  });

  it('is another one when anything of it is', () => {
    const lazy = aWorkspace({ state: 'Lazy' });
    const focused = aWorkspace({}, { annotations: { [ANNOTATION_FOCUSED]: '2026-01-01T00:00:00Z' } });
    const moved = servedRoute(
      aWorkspace(),
      { ...everythingInPlace(), address: '127.99.0.1' },
      { container: everythingInPlace().container.actual!, ports: [] },
    );
    const keys = [route(), route(lazy), route(focused), route(aWorkspace(), []), moved].map(routeKey);
    expect(new Set(keys).size).toBe(keys.length);
    expect(routeKey(route())).toBe(routeKey(route()));
  });
});

describe('the status of ports', () => {
  it('tells both ways to each, and why there is none', () => {
    const tcp = [fine(3000), fine(5432), taken(7000, '127.77.12.5'), fine(41_000)];
    const statuses = portStatuses('shop-main', observed(LISTENING, { http: [fine(3000)], awaited: [], tcp }));
    const common = { process: 'node', listening: true };
    expect(JSON.parse(JSON.stringify(statuses))).toEqual([
      {
        ...common,
        port: 3000,
        name: 'www',
        protocol: 'http',
        routed: true,
        url: 'http://shop-main.localhost:3000',
        tcp: '127.77.12.5:3000',
      },
      { ...common, port: 5432, name: 'db', protocol: 'tcp', routed: true, tcp: '127.77.12.5:5432' },
      {
        ...common,
        port: 7000,
        name: 'raw',
        protocol: 'tcp',
        routed: false,
        reason: 'PortTaken',
        message: 'port 7000 on 127.77.12.5 is held by postgres (process 7)',
      },
      {
        ...common,
        port: 8080,
        protocol: 'http',
        routed: false,
        reason: 'Unreachable',
        message: 'port 8080 is bound to an address other than localhost',
      },
      {
        ...common,
        port: 41_000,
        protocol: 'http',
        routed: false,
        tcp: '127.77.12.5:41000',
        reason: 'Ephemeral',
        message: expect.stringContaining('ephemeral range') as string,
      },
    ]);
  });

  it('say what is wrong with plain TCP, beside or instead of a URL', () => {
    const [routed] = portStatuses(
      'shop-main',
      observed([listens(3000)], { http: [fine(3000)], awaited: [], tcp: [taken(3000, '127.77.12.5')] }),
    );
    expect(routed).toMatchObject({
      routed: true,
      message: expect.stringContaining('on 127.77.12.5 is held') as string,
    });
    expect([routed?.reason, routed?.tcp]).toEqual([undefined, undefined]);
    const [ephemeral] = portStatuses(
      'shop-main',
      observed([listens(41_000)], { http: [], awaited: [], tcp: [absent(41_000)] }),
    );
    expect(ephemeral).toMatchObject({
      reason: 'Ephemeral',
      message: expect.stringMatching(/URL; no 41000$/) as string,
    });
  });

  it('have the address where only the URL cannot be had', () => {
    const [status] = portStatuses(
      'shop-main',
      observed([listens(3000)], { http: [taken(3000, '127.0.0.1')], awaited: [], tcp: [fine(3000)] }),
    );
    expect(status).toMatchObject({ routed: false, reason: 'PortTaken', tcp: '127.77.12.5:3000' });
    expect(status?.message).toBe('port 3000 on 127.0.0.1 is held by postgres (process 7)');
    expect(status?.url).toBeUndefined();
  });

  it('tell nothing before the proxy has answered', () => {
    const [status] = portStatuses('shop-main', observed([listens(5432)]));
    expect(JSON.parse(JSON.stringify(status))).toEqual({
      port: 5432,
      name: 'db',
      protocol: 'tcp',
      process: 'node',
      listening: true,
      routed: false,
    });
  });
});

describe('RouteReady', () => {
  const routeReady = (listening: ListeningPort[], results: RouteResults): ReturnType<typeof established> =>
    established('RouteReady', aWorkspace(), observed(listening, results));

  it('tells the ports, and where they are as plain TCP', () => {
    const results = { http: [fine(3000)], awaited: [], tcp: [fine(3000), fine(5432), fine(41_000)] };
    expect(routeReady([listens(3000), listens(5432), listens(41_000)], results)).toEqual({
      status: 'True',
      reason: 'Routed',
      message: 'ports 3000, 5432; plain TCP on 127.77.12.5',
    });
    expect(routeReady([listens(41_000)], { http: [], awaited: [], tcp: [fine(41_000)] })).toMatchObject({
      reason: 'NoPorts',
    });
  });

  it('stays True where a plain TCP address cannot be had, and says who has it and what to do', () => {
    const finding = routeReady([listens(5432)], { http: [], awaited: [], tcp: [taken(5432, '127.77.12.5')] });
    expect(finding).toMatchObject({ status: 'True', reason: 'Routed' });
    expect(finding.message).toBe(
      'ports 5432; port 5432 on 127.77.12.5 is held by postgres (process 7); until then: dual connect shop-main 5432',
    );
  });

  it('says once that this machine has no such addresses', () => {
    const ports = [3000, 5432, 7000];
    const finding = routeReady(
      ports.map((port) => listens(port)),
      { http: [fine(3000)], awaited: [], tcp: ports.map(absent) },
    );
    expect(finding).toMatchObject({ status: 'True', reason: 'Routed' });
    expect(finding.message.match(/127\.77\.12\.5, which/g)).toHaveLength(1);
    expect(finding.message).toContain('sudo ifconfig lo0 alias 127.77.12.5 up');
    expect(finding.message).not.toContain('no 5432');
  });

  it('is False for a URL that cannot be had, and does not say so twice', () => {
    const results = { http: [taken(3000, '127.0.0.1')], awaited: [], tcp: [taken(3000, '127.77.12.5')] };
    expect(routeReady([listens(3000)], results)).toEqual({
      status: 'False',
      reason: 'PortTaken',
      message: 'port 3000 on 127.0.0.1 is held by postgres (process 7)',
    });
  });

  it('leaves out what nobody asked for by number', () => {
    const results = { http: [fine(3000)], awaited: [], tcp: [fine(3000), taken(41_000, '127.77.12.5')] };
    expect(routeReady([listens(3000), listens(41_000)], results).message).toBe('ports 3000; plain TCP on 127.77.12.5');
  });
});
