import { expect, it } from 'vitest';
import type { ControlClient } from '../../../src/proxy/control-client.ts';
import type { Published } from '../../../src/proxy/protocol.ts';
import { createPublications, type Publications } from '../../../src/proxy/publications.ts';
import type { Route } from '../../../src/proxy/routes.ts';

const taken = [{ port: 3000, listening: false, reason: 'PortTaken' }];
const free = [{ port: 3000, listening: true }];
const route: Route = { workspace: 'one', ports: [3000], state: { phase: 'Ready', message: '' } };

/** A proxy that answers when the test says so. */
function setUp(): { publications: Publications; told: Route[]; answer(published: Published): void } {
  const told: Route[] = [];
  const waiting: ((published: Published) => void)[] = [];
  const client: Pick<ControlClient, 'publish' | 'withdraw'> = {
    publish(sent) {
      told.push(sent);
      return new Promise((resolve) => waiting.push(resolve));
    },
    withdraw: () => Promise.resolve(),
  };
  const publications = createPublications(client);
  return { publications, told, answer: (published) => waiting.shift()?.(published) };
}

async function published({ publications, answer }: ReturnType<typeof setUp>, results: Published): Promise<void> {
  const done = publications.publish(route);
  answer(results);
  await done;
}

it('says nothing twice, and answers from what it has heard', async () => {
  const setup = setUp();
  await published(setup, { results: taken, revision: 0 });
  expect(await setup.publications.publish({ ...route })).toEqual(taken);
  expect(setup.publications.update({ workspace: 'one', results: taken, revision: 1 })).toBe(false);
  expect(setup.publications.update({ workspace: 'one', results: free, revision: 2 })).toBe(true);
  expect(await setup.publications.publish(route)).toEqual(free);
  expect(setup.told).toHaveLength(1);
});

it('says what has changed, and what was withdrawn or forgotten', async () => {
  const setup = setUp();
  await published(setup, { results: free, revision: 0 });
  void setup.publications.publish({ ...route, ports: [] });
  expect(setup.told).toHaveLength(2);
  setup.answer({ results: [], revision: 0 });
  await setup.publications.withdraw('one');
  await published(setup, { results: free, revision: 0 });
  setup.publications.clear();
  await published(setup, { results: free, revision: 0 });
  expect(setup.told).toHaveLength(4);
});

it('believes a report that has overtaken the answer', async () => {
  const setup = setUp();
  const done = setup.publications.publish(route);
  setup.publications.update({ workspace: 'one', results: free, revision: 5 });
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
