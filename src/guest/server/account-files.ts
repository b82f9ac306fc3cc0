import type { User } from '../../drivers/container/driver.ts';

/**
 * The content of /etc/passwd with that user in it. The first entry of a uid is the one that names it, so the user's goes before others
 * of that uid. An entry with the same name and another uid stays as it is and first: it is a service's account, which must go on
 * to be found by its name.
 */
export function withUser(passwd: string, user: User, shell: string): string {
  const uid = String(user.uid);
  const entry = [user.name, 'x', uid, user.gid, '', user.home, shell].join(':');
  const others = linesOf(passwd).filter((line) => !(fieldOf(line, 0) === user.name && fieldOf(line, 2) === uid));
  const rival = others.findIndex((line) => fieldOf(line, 2) === uid);
  return joined(others.toSpliced(rival < 0 ? others.length : rival, 0, entry));
}

/** The content of /etc/group in which that user's gid has a name; the user's own where it had none. */
export function withGroup(group: string, user: User): string {
  const lines = linesOf(group);
  const isNamed = lines.some((line) => fieldOf(line, 2) === String(user.gid));
  return isNamed ? group : joined([...lines, [user.name, 'x', user.gid, ''].join(':')]);
}

/** The shell that /etc/passwd gives to a uid. */
export function shellOf(passwd: string, uid: number): string | undefined {
  const line = linesOf(passwd).find((each) => fieldOf(each, 2) === String(uid));
  return line && fieldOf(line, 6);
}

function fieldOf(line: string, index: number): string | undefined {
  return line.split(':')[index];
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

function joined(lines: string[]): string {
  return `${lines.join('\n')}\n`;
}
