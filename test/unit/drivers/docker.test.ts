import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { engineAddress } from '../../../src/drivers/container/docker/create-docker.ts';
import { jsonLines } from '../../../src/drivers/container/docker/json-lines.ts';
import { createKeyedLock } from '../../../src/exec/keyed-lock.ts';
import { parseCpus, parseMemory } from '../../../src/drivers/container/resources.ts';

describe('resources', () => {
  it.each([
    ['2', 2e9],
    ['0.5', 5e8],
    ['500m', 5e8],
    ['0.125', 125_000_000],
  ])('%s processors', (text, expected) => expect(parseCpus(text)).toBe(expected));

  it.each([
    ['4Gi', 4 * 2 ** 30],
    ['512Mi', 512 * 2 ** 20],
    ['1G', 1e9],
    ['100k', 1e5],
    ['1048576', 1048576],
  ])('%s of memory', (text, expected) => expect(parseMemory(text)).toBe(expected));

  it.each(['', 'two', '-1', '1.5m', '0x10', '1e3'])('refuses %j processors', (text) => {
    expect(() => parseCpus(text)).toThrow(RangeError);
  });

  it.each(['', '0', '4GB', '1.5Gi', '-1', 'Gi', '1 G'])('refuses %j of memory', (text) => {
    expect(() => parseMemory(text)).toThrow(RangeError);
  });
});

describe('where the engine is', () => {
  it('is what DOCKER_HOST says, else the context of the docker CLI', async () => {
    const home = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
    const meta = path.join(home, '.docker/contexts/meta', createHash('sha256').update('far').digest('hex'));
    await mkdir(meta, { recursive: true });
    await writeFile(path.join(meta, 'meta.json'), JSON.stringify({ Endpoints: { docker: { Host: 'ssh://far' } } }));
    expect(engineAddress({}, home).host).toMatch(/^unix:\/\//);
    expect(engineAddress({ DOCKER_CONTEXT: 'far' }, home)).toEqual({ host: 'ssh://far' });
    expect(() => engineAddress({ DOCKER_CONTEXT: 'near' }, home)).toThrow(/"near" does not exist/);
    await writeFile(path.join(home, '.docker/config.json'), JSON.stringify({ currentContext: 'far' }));
    expect(engineAddress({}, home)).toEqual({ host: 'ssh://far' });
    expect(engineAddress({ DOCKER_HOST: 'tcp://x:1', DOCKER_CONTEXT: 'far' }, home)).toEqual({ host: 'tcp://x:1' });
    await rm(home, { recursive: true });
  });
});

describe("the engine's streams", () => {
  it('are read line by line wherever their chunks end', async () => {
    const bytes = Buffer.from('{"a":"ä"}\n\n{"a":2}\n{"a":3}');
    const chunks = [...bytes].map((byte) => Buffer.from([byte]));
    const seen = [];
    for await (const line of jsonLines(Readable.from(chunks))) seen.push(line['a']);
    expect(seen).toEqual(['ä', 2, 3]);
  });
});

describe('a keyed lock', () => {
  it('lets one in at a time per key, in order, and is not held by who gave up waiting', async () => {
    const lock = createKeyedLock();
    const order: string[] = [];
    const first = await lock('a');
    const impatient = new AbortController();
    const second = lock('a', impatient.signal).catch((error: unknown) => error);
    const third = lock('a').then((release) => {
      order.push('third');
      release();
    });
    const other = await lock('b');
    other();
    impatient.abort(new Error('enough'));
    expect(await second).toMatchObject({ message: 'enough' });
    order.push('first done');
    first();
    await third;
    expect(order).toEqual(['first done', 'third']);
  });
});
