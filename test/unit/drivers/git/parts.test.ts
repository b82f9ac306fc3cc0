import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../../src/drivers/source/git/config.ts';
import { isMadeByTools } from '../../../../src/drivers/source/git/ignored.ts';
import { asCloned } from '../../../../src/drivers/source/git/local-source.ts';
import { createKeyedMutex } from '../../../../src/drivers/source/git/mutex.ts';
import { progressLines } from '../../../../src/drivers/source/git/progress.ts';
import { absoluteUrl, hasPassword, isSameRemote, redacted } from '../../../../src/drivers/source/git/remote-url.ts';
import { chooseStart, parseRefs } from '../../../../src/drivers/source/git/start-point.ts';
import { parseStatus } from '../../../../src/drivers/source/git/status.ts';

describe('remote URLs', () => {
  it.each([
    ['https://example.com/acme/app.git', 'git@example.com:acme/app', true],
    ['ssh://git@example.com/acme/app.git/', 'git@EXAMPLE.com:acme/app.git', true],
    ['https://jane:t@example.com/acme/app', 'https://example.com/acme/app.git', true],
    ['file:///srv/a%20b.git', '/srv/a b', true],
    ['/srv/app', '/srv/app/', true],
    ['https://example.com/acme/app', 'https://example.com/acme/other', false],
    ['https://example.com/acme/app', 'https://example.org/acme/app', false],
    ['ssh://example.com:2222/app', 'ssh://example.com/app', false],
  ])('%s and %s are the same: %s', (one, other, same) => {
    expect(isSameRemote(one, other)).toBe(same);
  });

  it('show no credentials', () => {
    expect(redacted("fatal: unable to access 'https://jane:t0ken@example.com/': no")).toBe(
      "fatal: unable to access 'https://example.com/': no",
    );
    expect(redacted('https://t0ken@example.com/a ssh://git@example.com/b ssh://git:pw@example.com/c')).toBe(
      'https://example.com/a ssh://git@example.com/b ssh://git@example.com/c',
    );
    expect(['https://a:b@c/d', 'ssh://git@c/d', 'git@c:d'].map(hasPassword)).toEqual([true, false, false]);
  });

  it('are absolute where they are relative paths', () => {
    expect(absoluteUrl('../a.git', '/srv/b')).toBe('/srv/a.git');
    expect(absoluteUrl('git@c:d', '/srv/b')).toBe('git@c:d');
  });
});

describe('start points', () => {
  const source = parseRefs(
    [
      'refs/heads/main\0\0 ',
      'refs/heads/wip\0\0*',
      'refs/remotes/up/HEAD\0refs/remotes/up/main\0 ',
      'refs/remotes/up/main\0\0 ',
      'refs/remotes/up/only-there\0\0 ',
      'refs/tags/v1\0\0 ',
    ].join('\n'),
  );
  const { refs, extra } = asCloned(source, 'up');

  it('are what the source has, and what its remote has besides', () => {
    expect([...extra]).toEqual([['refs/remotes/origin/only-there', 'refs/remotes/up/only-there']]);
    expect(chooseStart(refs, { branch: 'only-there' })).toEqual({
      kind: 'existing',
      ref: 'refs/remotes/origin/only-there',
    });
    expect(chooseStart(refs, { branch: 'new' })).toEqual({ kind: 'new', ref: 'refs/remotes/origin/main' });
    expect(chooseStart(refs, { branch: 'new', from: 'wip' })).toEqual({ kind: 'new', ref: 'refs/remotes/origin/wip' });
    expect(chooseStart(refs, { branch: 'new', from: 'v1' })).toEqual({ kind: 'new', ref: 'refs/tags/v1' });
    expect(chooseStart(refs, { branch: 'new', from: 'x' })).toEqual({ kind: 'unresolved', from: 'x' });
  });

  it('fall back on what is checked out where no remote tells the default', () => {
    expect(chooseStart(asCloned(source, undefined).refs, { branch: 'new' })).toEqual({
      kind: 'new',
      ref: 'refs/remotes/origin/wip',
    });
    expect(chooseStart(new Map(), { branch: 'new' })).toEqual({ kind: 'unresolved' });
  });
});

describe('what git prints', () => {
  it('is read as status', () => {
    const output =
      '# branch.oid abc\0# branch.head a b\x001 .M N... 100644 100644 100644 a a with space\0? # new\0! dist/\0';
    expect(parseStatus(output)).toEqual({
      head: 'abc',
      branch: 'a b',
      changed: ['1 .M N... 100644 100644 100644 a a with space', '? # new'],
      ignored: ['dist/'],
    });
    expect(parseStatus('# branch.oid (initial)\0# branch.head (detached)\0')).toMatchObject({
      head: undefined,
      branch: undefined,
    });
  });

  it('is read as config, the repo’s own part alone', () => {
    const entries = [
      ['global', 'dual.workspace\nnobody'],
      ['global', 'filter.lfs.clean\ngit-lfs clean'],
      ['local', 'dual.workspace\nmine'],
      ['local', 'remote.origin.url\nx\ny'],
      ['worktree', 'filter.a.b.process\nrun'],
      ['local', 'core.bare'],
    ];
    const config = parseConfig(`${entries.flat().join('\0')}\0`);
    expect(config).toMatchObject({ owner: 'mine', origin: 'x\ny', spread: false });
    expect(config.guards.map(([key]) => key)).toEqual(
      ['clean', 'smudge', 'process', 'required'].map((key) => `filter.a.b.${key}`),
    );
    expect(parseConfig('local\0include.path\nx\0').spread).toBe(true);
  });

  it('is read as progress, not too often', () => {
    const lines: string[] = [];
    let now = 0;
    const read = progressLines(
      (line) => lines.push(line),
      () => now,
    );
    read('Cloning into x...\nremote: Counting objects:  10% (1/10)\rremote: Counting obj');
    read('ects:  20% (2/10)\rReceiving objects:   1% (1/100)\r');
    now = 500;
    read(
      'Receiving objects:  50% (50/100)\rReceiving objects:  51% (51/100)\rReceiving objects: 100% (100/100), done.\n',
    );
    expect(lines).toEqual([
      'Counting objects: 10%',
      'Receiving objects: 1%',
      'Receiving objects: 50%',
      'Receiving objects: 100%',
    ]);
  });
});

describe('isMadeByTools', () => {
  it.each(['node_modules/', 'a/node_modules/b.js', 'a/dist/', 'x.log', '.husky/_/', 'a/b.tsbuildinfo'])(
    '%s: yes',
    (entry) => {
      expect(isMadeByTools(entry)).toBe(true);
    },
  );
  it.each(['.env', '.env.local', 'a/.env', 'notes/', 'data.sqlite', 'dist', 'my.key'])('%s: no', (entry) => {
    expect(isMadeByTools(entry)).toBe(false);
  });
});

describe('createKeyedMutex', () => {
  it('runs what has the same key one after the other, failures included, and the rest at once', async () => {
    const mutex = createKeyedMutex();
    const seen: string[] = [];
    const work =
      (name: string, fails = false) =>
      async (): Promise<void> => {
        seen.push(`${name} starts`);
        await Promise.resolve();
        seen.push(`${name} ends`);
        if (fails) throw new Error(name);
      };
    const results = await Promise.allSettled([
      mutex.exclusive('k', work('a', true)),
      mutex.exclusive('k', work('b')),
      mutex.exclusive('other', work('c')),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(seen.indexOf('a ends')).toBeLessThan(seen.indexOf('b starts'));
    expect(seen.indexOf('c starts')).toBeLessThan(seen.indexOf('b starts'));
  });
});
