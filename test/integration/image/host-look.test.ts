import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { detectAll } from '../../../src/image/detect.ts';
import { createHostLook } from '../../../src/image/tools/host-look.ts';
import type { Host, Interest } from '../../../src/image/tools/host-look.ts';
import { findPrograms } from '../../../src/image/tools/host-programs.ts';
import { hostPythons } from '../../../src/image/tools/host-python.ts';
import { recent } from '../../../src/image/tools/recent.ts';

describe('a look at the host', () => {
  let dir: string;

  beforeEach(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'dual-'));
    await mkdir(path.join(dir, 'a'));
    await mkdir(path.join(dir, 'b'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  /** A program that adds a line to `runs` and prints. */
  async function program(name: string, output: string): Promise<string> {
    const file = path.join(dir, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, `#!/bin/sh\necho run >>"${dir}/runs"\ncat <<'END'\n${output}\nEND\n`);
    await chmod(file, 0o755);
    return file;
  }

  const asked = (changes: Partial<Interest> = {}): Interest => ({
    findings: detectAll(new Map([['.python-version', '3.12']])),
    request: { packages: ['jq'] },
    ...changes,
  });
  const look = (): ((interest: Interest) => Promise<Host>) =>
    createHostLook({ PATH: `${dir}/a:${dir}/b:/usr/bin:/bin` });
  const runs = async (): Promise<number> => {
    return (await readFile(path.join(dir, 'runs'), 'utf8')).split('\n').length - 1;
  };

  it('finds programs, packages and Python', async () => {
    await program('a/apt-get', '');
    await program('a/python3', 'Python 3.12.4');
    await program('a/dpkg-query', 'installed\tjq\t1.6\t');
    await program('a/mailpit', '');
    await program('b/mailpit', '');
    await writeFile(path.join(dir, 'a/mongod'), 'not to be run', { mode: 0o644 });
    const host = await look()(asked());
    expect(host).toMatchObject({ installer: 'apt-get', pythons: ['3.12.4'], packages: new Map([['jq', '1.6']]) });
    expect(host.programs.get('mailpit')).toBe(`${dir}/a/mailpit`);
    expect(host.programs.get('mongod')).not.toBe(`${dir}/a/mongod`);
  });

  it('starts nothing twice within its time, and nothing that nobody needs', async () => {
    await program('a/python3', 'Python 3.12.4');
    await program('a/dpkg-query', 'installed\tjq\t1.6\t');
    const same = look();
    await Promise.all([same(asked()), same(asked()), same(asked())]);
    await same(asked());
    expect(await runs()).toBe(2);
    const idle = await look()(asked({ findings: detectAll(new Map()), request: { packages: [] } }));
    expect(idle).toEqual({ programs: new Map(), installer: undefined, packages: undefined, pythons: [] });
    expect(await runs()).toBe(2);
  });

  it('says so when packages or Python cannot be told', async () => {
    await writeFile(path.join(dir, 'a/python3'), '#!/bin/sh\nexit 127\n', { mode: 0o755 });
    await writeFile(path.join(dir, 'a/dpkg-query'), '#!/bin/sh\nexit 2\n', { mode: 0o755 });
    expect(await look()(asked())).toMatchObject({ packages: undefined, pythons: [] });
  });

  it('takes the versions of a version manager instead of asking its shim', async () => {
    const shim = await program('shims/python3', 'Python 2.7.18');
    for (const version of ['3.9.1', '3.12.4', 'pypy3.9'])
      await mkdir(path.join(dir, 'versions', version), { recursive: true });
    expect(await hostPythons(shim, { PATH: '/usr/bin:/bin' })).toEqual(['3.9.1', '3.12.4']);
    await rm(path.join(dir, 'versions'), { recursive: true });
    expect(await hostPythons(shim, { PATH: '/usr/bin:/bin' })).toEqual(['2.7.18']);
  });

  it('minds no directory that is missing, and none that is relative', async () => {
    await program('a/mailpit', '');
    const found = await findPrograms({ PATH: `${path.relative(process.cwd(), dir)}/a:/nowhere::${dir}/b` });
    expect(found.get('mailpit') ?? '').not.toContain(dir);
    await expect(findPrograms({})).resolves.toBeInstanceOf(Map);
  });

  it('is made anew when it has grown old', async () => {
    let made = 0;
    const make = async (key: string): Promise<string> => `${key}${(made += 1)}`;
    const always = recent(make, 0);
    expect([await always('a'), await always('a')]).toEqual(['a1', 'a2']);
    const once = recent(make, Infinity);
    expect(await Promise.all([once('a'), once('a'), once('b')])).toEqual(['a3', 'a3', 'b4']);
  });
});
