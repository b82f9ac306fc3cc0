import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostData, hostDataMounts } from '../../../src/drivers/container/docker/host-data.ts';
import { hostTimeZone } from '../../../src/drivers/container/docker/host-time-zone.ts';

let root: string;
const at = (file: string): string => path.join(root, file);
beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
});
afterEach(() => rm(root, { recursive: true }));

describe("the host's time zone", () => {
  const data = Buffer.from('a zone').toString('base64');

  it.each([
    ['/usr/share/zoneinfo/Europe/Berlin', 'Europe/Berlin'],
    ['../usr/share/zoneinfo/UTC', 'UTC'],
    ['/var/db/timezone/zoneinfo/America/Argentina/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
    ['/usr/share/zoneinfo.default/Etc/GMT+3', 'Etc/GMT+3'],
  ])('is named by the link to %s', async (target, name) => {
    const zone = path.join(root, 'x/y', target);
    await mkdir(path.dirname(zone), { recursive: true });
    await writeFile(zone, 'a zone');
    await symlink(zone, at('localtime'));
    expect(await hostTimeZone(root)).toEqual({ name, data });
  });

  it('is named in a file where it is a copy', async () => {
    await writeFile(at('localtime'), 'a zone');
    await writeFile(at('timezone'), 'Asia/Tokyo\n');
    expect(await hostTimeZone(root)).toEqual({ name: 'Asia/Tokyo', data });
  });

  it.each(['../../etc/passwd\n', 'a b\n', '', '/Asia/Tokyo\n', 'Asia/Tokyo\nx\n'])('is not %j', async (text) => {
    await writeFile(at('localtime'), 'a zone');
    await writeFile(at('timezone'), text);
    expect(await hostTimeZone(root)).toBeUndefined();
  });

  it('is nothing where there is none, or something else in its place', async () => {
    expect(await hostTimeZone(root)).toBeUndefined();
    await writeFile(at('timezone'), 'Asia/Tokyo\n');
    await writeFile(at('localtime'), Buffer.alloc(100_000));
    expect(await hostTimeZone(root)).toBeUndefined();
  });
});

describe("the host's locales and terminals", () => {
  const engine = '/var/run/docker.sock';
  const data = (): ReturnType<typeof hostData> =>
    hostData({ etc: at('etc'), locales: at('locale'), terminfo: at('terminfo') }, at('home'));
  const targets = async (mounted: string[] = [], socket?: string): Promise<(string | undefined)[]> => {
    const mounts = mounted.map((target) => ({ Type: 'bind', Source: target, Target: target }) as const);
    return (await hostDataMounts(data(), mounts, socket)).map((mount) => mount.Target);
  };
  beforeEach(async () => {
    for (const dir of ['locale/de_DE.utf8', 'terminfo/x', 'home/.terminfo/g'])
      await mkdir(at(dir), { recursive: true });
  });

  it('are mounted beside those of the image, read-only', async () => {
    const mounts = await hostDataMounts(data(), [], engine);
    expect(mounts.map(({ Source, Target, ReadOnly }) => [Source, Target, ReadOnly])).toEqual([
      [at('locale'), '/usr/lib/locale/host', true],
      [at('terminfo'), '/etc/terminfo', true],
      [at('home/.terminfo'), at('home/.terminfo'), true],
    ]);
  });

  it('are not where they offer nothing, are links, or are mounted already', async () => {
    await rm(at('terminfo/x'), { recursive: true });
    await rm(at('locale'), { recursive: true });
    await mkdir(at('locale/C.utf8'), { recursive: true });
    expect(await targets([], engine)).toEqual([at('home/.terminfo')]);
    expect(await targets([at('home')], engine)).toEqual([]);
    await rm(at('home/.terminfo'), { recursive: true });
    await symlink('/etc', at('home/.terminfo'));
    expect(await targets([], engine)).toEqual([]);
  });

  it('are not where the engine has other system directories than the host', async () => {
    expect(await targets([], at('home/.docker/desktop/docker.sock'))).toEqual([]);
    expect(await targets([])).toEqual([]);
  });
});
