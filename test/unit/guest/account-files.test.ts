import { describe, expect, it } from 'vitest';
import { shellOf, withGroup, withUser } from '../../../src/guest/server/account-files.ts';

const USER = { uid: 1000, gid: 1000, name: 'alex', home: '/home/alex' };
const ROOT = 'root:x:0:0:root:/root:/bin/bash\n';
const ALEX = 'alex:x:1000:1000::/home/alex:/bin/bash\n';

describe('/etc/passwd', () => {
  const added = (passwd: string): string => withUser(passwd, USER, '/bin/bash');

  it('gets the user at its end', () => {
    expect(added(ROOT)).toBe(ROOT + ALEX);
    expect(added(ROOT.trimEnd())).toBe(ROOT + ALEX);
  });

  it('does not change when the user is there', () => {
    expect(added(added(ROOT))).toBe(ROOT + ALEX);
  });

  it('has the user before another name for the same uid, which goes on to exist', () => {
    const node = 'node:x:1000:1000::/home/node:/bin/bash\n';
    expect(added(ROOT + node)).toBe(ROOT + ALEX + node);
  });

  it('has the user after an account of the same name with another uid', () => {
    const service = 'alex:x:101:101::/var/lib/alex:/bin/false\n';
    expect(added(ROOT + service)).toBe(ROOT + service + ALEX);
  });

  it('gets a new home for a user whom the image knows', () => {
    expect(added(`${ROOT}alex:x:1000:100::/elsewhere:/bin/bash\n`)).toBe(ROOT + ALEX);
  });

  it('tells the shell of a uid', () => {
    expect(shellOf(ROOT + ALEX, 1000)).toBe('/bin/bash');
    expect(shellOf(ROOT, 1000)).toBeUndefined();
  });
});

describe('/etc/group', () => {
  it('gets a group only when the gid has no name', () => {
    expect(withGroup('root:x:0:\n', USER)).toBe('root:x:0:\nalex:x:1000:\n');
    expect(withGroup('dialout:x:20:\n', { ...USER, gid: 20 })).toBe('dialout:x:20:\n');
  });
});
