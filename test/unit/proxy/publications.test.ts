import { expect, it } from 'vitest';
import type { ControlClient } from '../../../src/proxy/control-client.ts';
import type { Published } from '../../../src/proxy/protocol.ts';
import { createPublications, type Publications, type Report } from '../../../src/proxy/publications.ts';
import type { Description, Route, RouteResults } from '../../../src/proxy/routes.ts';

const taken: RouteResults = { http: [{ port: 3000, listening: false, reason: 'PortTaken' }], awaited: [], tcp: [] };
const free: RouteResults = { http: [{ port: 3000, listening: true }], awaited: [], tcp: [] };
const route: Route = { workspace: 'one', ports: [3000], awaited: [] };
const building: Description = { phase: 'Building', message: 'step 4', conditions: [] };

interface Setup {
  publications: Publications;
  told: Route[];
  described: Description[];
  answer(published: Published): void;
}

/** A proxy that answers publications when the test says so. */
function setUp(): Setup {
  const told: Route[] = [];
  const described: Description[] = [];
  const waiting: ((published: Published) => void)[] = [];
  const client: Pick<ControlClient, 'publish' | 'describe' | 'withdraw'> = {
    publish(sent) {
      told.push(sent);
      return new Promise((resolve) => waiting.push(resolve));
    },
    describe(_workspace, sent) {
      described.push(sent);
      return sent.phase === 'refused' ? Promise.reject(new Error('gone')) : Promise.resolve();
    },
    withdraw: () => Promise.resolve(),
  };
  const publications = createPublications(client);
  return { publications, told, described, answer: (published) => waiting.shift()?.(published) };
}

const report = (results: RouteResults, revision: number): Report => ({
  type: 'results',
  workspace: 'one',
  results,
  revision,
});

async function published({ publications, answer }: Setup, results: Published): Promise<void> {
  const done = publications.publish(route);
  answer(results);
  await done;
}

it('says nothing twice, and answers from what it has heard', async () => {
  const setup = setUp();
  await published(setup, { results: taken, revision: 0 });
  expect(await setup.publications.publish({ ...route })).toEqual(taken);
  expect(setup.publications.update(report(taken, 1))).toBe(false);
  expect(setup.publications.update(report(free, 2))).toBe(true);
  expect(await setup.publications.publish(route)).toEqual(free);
  expect(setup.told).toHaveLength(1);
});

it('says what has changed, and what was withdrawn or forgotten', async () => {
  const setup = setUp();
  await published(setup, { results: free, revision: 0 });
  void setup.publications.publish({ ...route, ports: [] });
  expect(setup.told).toHaveLength(2);
  setup.answer({ results: { http: [], awaited: [], tcp: [] }, revision: 0 });
  await setup.publications.withdraw('one');
  await published(setup, { results: free, revision: 0 });
  setup.publications.clear();
  await published(setup, { results: free, revision: 0 });
  expect(setup.told).toHaveLength(4);
});

it('believes a report that has overtaken the answer', async () => {
  const setup = setUp();
  const done = setup.publications.publish(route);
  setup.publications.update(report(free, 5));
  setup.answer({ results: taken, revision: 4 });
  expect(await done).toEqual(free);
  expect(await setup.publications.publish(route)).toEqual(free);
});

it('does not take an answer of a proxy that has gone for one of the next', async () => {
  const setup = setUp();
  const done = setup.publications.publish(route);
  setup.publications.clear();
  setup.answer({ results: free, revision: 0 });
  await done;
  void setup.publications.publish(route);
  expect(setup.told).toHaveLength(2);
});

it('describes nothing twice in a row, and again what was not heard', async () => {
  const { publications, described } = setUp();
  const refused = { ...building, phase: 'refused' };
  await publications.describe('one', building);
  await publications.describe('one', { ...building });
  expect(described).toEqual([building]);
  await publications.describe('two', building);
  await publications.describe('one', { ...building, message: 'step 5' });
  await publications.describe('one', building);
  expect(described).toHaveLength(4);
  for (let turn = 0; turn < 2; turn += 1) {
    await expect(publications.describe('one', refused)).rejects.toThrow('gone');
  }
  expect(described).toHaveLength(6);
  await publications.describe('one', building);
  expect(described).toHaveLength(7);
});

it('describes anew what was withdrawn or forgotten', async () => {
  const { publications, described } = setUp();
  await publications.describe('one', building);
  await publications.withdraw('one');
  await publications.describe('one', building);
  publications.clear();
  await publications.describe('one', building);
  expect(described).toHaveLength(3);
});

it('tells plain TCP results from those of URLs', async () => {
  const setup = setUp();
  await published(setup, { results: free, revision: 0 });
  const tcp = { ...free, tcp: [{ port: 3000, listening: false, reason: 'PortTaken' }] };
  expect(setup.publications.update(report(tcp, 1))).toBe(true);
  expect(await setup.publications.publish(route)).toEqual(tcp);
});
