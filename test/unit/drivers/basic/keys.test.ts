import { describe, expect, it } from 'vitest';
import { createKeyReader } from '../../../../src/drivers/session/basic/attach/keys.ts';

/** What comes of keys that are typed, each string at once. */
function read(...typed: string[]): unknown[] {
  const reader = createKeyReader();
  return typed
    .flatMap((keys) => reader(Buffer.from(keys, 'utf8')))
    .map((action) => (action.type === 'input' ? action.bytes.toString('utf8') : action));
}

describe('keys of a terminal that is attached', () => {
  it('go to the pane as they are', () => {
    expect(read('ls ü\r', '\u0003\u001b[A')).toEqual(['ls ü\r', '\u0003\u001b[A']);
  });

  it.each([
    ['d', { type: 'detach' }],
    ['n', { type: 'select', which: 'next' }],
    ['p', { type: 'select', which: 'previous' }],
    ['7', { type: 'select', which: 7 }],
    ['\u0002', '\u0002'],
  ])('after C-b: %j', (key, action) => {
    expect(read(`a\u0002${key}b`)).toEqual(['a', action, 'b']);
    expect(read('a\u0002', key, 'b')).toEqual(['a', action, 'b']);
  });

  it('that mean nothing after C-b are left out, whole', () => {
    expect(read('\u0002\u001b[Ax', '\u0002\u001bOPy', '\u0002zw')).toEqual(['x', 'y', 'w']);
  });

  it('are shown by C-b ?, until the next key', () => {
    expect(read('\u0002?\u001b[Ax')).toEqual([{ type: 'help' }, { type: 'redraw' }, 'x']);
    expect(read('\u0002?', 'q', '\u0002d')).toEqual([{ type: 'help' }, { type: 'redraw' }, { type: 'detach' }]);
  });
});
