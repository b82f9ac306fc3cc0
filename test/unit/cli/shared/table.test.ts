import { describe, expect, it } from 'vitest';
import { createTableWriter, formatTable } from '../../../../src/cli/shared/table.ts';

describe('formatTable', () => {
  it('puts three spaces between columns and none behind the last', () => {
    expect(
      formatTable(
        ['NAME', 'PHASE'],
        [
          ['lightfast-main', 'Ready'],
          ['a', 'Degraded'],
        ],
      ),
    ).toBe('NAME             PHASE\nlightfast-main   Ready\na                Degraded\n');
  });

  it('makes no column narrower than six, as kubectl', () => {
    expect(formatTable([], [['a', 'b', 'c']])).toBe('a     b     c\n');
  });

  it('keeps to one line and prints nothing that a terminal obeys', () => {
    expect(
      formatTable(
        [],
        [
          ['x', 'first\nsecond'],
          ['y', '\u001b[31mr\be\u001b[0md'],
        ],
      ),
    ).toBe('x     first...\ny     r ed\n');
  });
});

describe('createTableWriter', () => {
  it('keeps the widths of earlier rows', () => {
    const writer = createTableWriter();
    writer.format([['a-long-name', 'x']]);
    expect(writer.format([['b', 'y']])).toBe('b             y\n');
  });
});
