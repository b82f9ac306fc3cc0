import { beforeEach, describe, expect, it } from 'vitest';
import { focusedWithoutPortPage } from '../../../src/proxy/pages.ts';
import { progressWanted } from '../../../src/proxy/progress-request.ts';
import { followProgress, type FollowOptions } from '../../../src/proxy/progress.ts';
import type { Description, Route } from '../../../src/proxy/routes.ts';
import { createRoutingTable, type RoutingTable } from '../../../src/proxy/routing-table.ts';
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts';

interface Line extends Description {
  title?: string;
  text?: string;
  state: string;
  links: string[];
}

let table: RoutingTable;
let clock: FakeClock;

beforeEach(() => {
  table = createRoutingTable();
  clock = createFakeClock();
});

const endpoint: Route['endpoint'] = { socket: '/nowhere' };

function publish(ports: number[] | undefined): void {
  table.set({ workspace: 'one', ports: ports ?? [], awaited: [3000], ...(ports && { endpoint }) });
}

function describeAs(phase: string, message = ''): void {
  table.describe('one', { phase, message, conditions: [] });
}

interface Answer {
  head(): string;
  /** Texts of its chunks, without the one that ends it. */
  chunks(): string[];
  lines(): Line[];
  /** Whether its last chunk was written and its connection ended. */
  ended(): boolean;
  stop(): void;
}

function follow(options: Partial<FollowOptions> = {}): Answer {
  const written: string[] = [];
  let ends = 0;
  const stop = followProgress({
    ...{ table, workspace: 'one', port: 3000, wanted: 'arrival', secure: false, clock },
    write: (chunk) => written.push(chunk.toString()),
    end: () => (ends += 1),
    ...options,
  });
  const chunks = (): string[] => written.slice(1).map(unchunked).filter(Boolean);
  return {
    head: () => written[0]!,
    chunks,
    lines: () =>
      chunks()
        .filter((text) => text !== '\n')
        .map((text) => JSON.parse(text) as Line),
    ended() {
      expect(written.filter((chunk) => chunk === '0\r\n\r\n').length).toBe(ends);
      return ends === 1;
    },
    stop,
  };
}

/** Each is whole. */
function unchunked(chunk: string): string {
  const [, size = '', data = ''] = /^([0-9a-f]+)\r\n([^]*)\r\n$/.exec(chunk)!;
  expect(Buffer.byteLength(data)).toBe(parseInt(size, 16));
  return data;
}

describe('progress', () => {
  it('begins at once with what there is, as a stream of its own type', () => {
    publish(undefined);
    describeAs('Building', 'schön: step 2 of 9');
    const answer = follow();
    expect(answer.head()).toMatch(/^HTTP\/1\.1 200 OK\r\n([\w-]+: [^\r\n]+\r\n)+\r\n$/);
    expect(answer.head()).toContain('Content-Type: application/x-dual-progress\r\n');
    expect(answer.head()).toContain('Transfer-Encoding: chunked\r\n');
    expect(answer.lines()).toMatchObject([
      { phase: 'Building', message: 'schön: step 2 of 9', conditions: [], title: 'one is being built' },
    ]);
    expect(answer.ended()).toBe(false);
  });

  it('has a line for each change that shows, and ends when the port is listened on', () => {
    publish(undefined);
    describeAs('Building');
    const answer = follow();
    describeAs('Building');
    describeAs('Starting');
    publish([5173]);
    expect(answer.lines().map(({ title }) => title)).toEqual([
      'one is being built',
      'one is starting',
      'Port 3000 of one does not answer',
    ]);
    expect(answer.lines().at(-1)!.links).toEqual(['http://one.localhost:5173/']);
    expect(answer.ended()).toBe(false);
    publish([3000, 5173]);
    expect(answer.ended()).toBe(true);
    const before = answer.chunks().length;
    describeAs('Ready');
    clock.advance(60_000);
    expect(answer.chunks().length).toBe(before);
  });

  it('ends at once when the port is listened on already, and when the workspace goes', () => {
    publish([3000]);
    expect(follow().ended()).toBe(true);
    expect(follow({ workspace: 'two' }).ended()).toBe(true);
    publish(undefined);
    const answer = follow();
    table.delete('one');
    expect(answer.ended()).toBe(true);
  });

  it('of a port that has failed waits until it has gone and come back, and leaves alone what the page says of it', () => {
    publish([3000]);
    describeAs('Ready');
    const answer = follow({ wanted: 'return' });
    describeAs('Degraded');
    expect(answer.ended()).toBe(false);
    expect(answer.lines().map(({ text, state }) => [text, state])).toEqual([
      [undefined, 'Workspace one is Ready.'],
      [undefined, 'Workspace one is Degraded.'],
    ]);
    publish([]);
    expect(answer.lines().at(-1)!.text).toBe('Nothing in one listens on port 3000.');
    publish([3000]);
    expect(answer.ended()).toBe(true);
  });

  it('beats every 15 s, until it is stopped', () => {
    publish(undefined);
    const answer = follow();
    clock.advance(15_000);
    clock.advance(15_000);
    expect(answer.chunks().slice(1)).toEqual(['\n', '\n']);
    answer.stop();
    clock.advance(60_000);
    publish([3000]);
    expect(answer.chunks().length).toBe(3);
    expect(answer.ended()).toBe(false);
  });

  it('can be that of another page', () => {
    publish([]);
    describeAs('Ready');
    const answer = follow({ page: focusedWithoutPortPage, secure: true });
    expect(answer.lines()[0]!.text).toContain('Plain localhost is pointed at one');
  });
});

describe('progressWanted', () => {
  it('tells the requests of pages from those that are meant for a workspace', () => {
    expect(progressWanted('GET', 'arrival')).toBe('arrival');
    expect(progressWanted('GET', 'return')).toBe('return');
    expect(progressWanted('GET', undefined)).toBeUndefined();
    expect(progressWanted('GET', 'toString')).toBeUndefined();
    expect(progressWanted('POST', 'arrival')).toBeUndefined();
  });
});
