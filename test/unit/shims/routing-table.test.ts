import { describe, expect, it } from 'vitest';
import { ROUTING_TABLE } from '../../../src/shims/table.ts';

const { table, local, stay } = ROUTING_TABLE;

describe('the default routing table', () => {
  it('names a command once', () => {
    const names = [...table, ...local, ...stay];
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('consists of words that fit into a line and a link', () => {
    for (const name of [...table, ...local, ...stay]) expect(name).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/);
  });

  it('sends inside what runs the code, keeps services and processes of others away, and leaves git and editors', () => {
    expect(table).toEqual(expect.arrayContaining(['node', 'npm', 'pnpm', 'npx', 'python3', 'uv', 'curl', 'make']));
    expect(local).toEqual(expect.arrayContaining(['psql', 'redis-cli', 'mysql', 'kill', 'lsof', 'ss', 'pkill']));
    expect(stay).toEqual(expect.arrayContaining(['git', 'vim', 'bash', 'ls', 'claude']));
  });
});
