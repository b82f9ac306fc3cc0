import { describe, expect, it } from 'vitest';
import { detectPython } from '../../../src/image/detect-python.ts';
import { parsePythonRange } from '../../../src/image/python-range.ts';

describe('ranges of Python', () => {
  it.each([
    ['>=3.9,<4', '3.9.0', true],
    ['>=3.9,<4', '3.8.18', false],
    ['>=3.10', '3.9.9', false],
    ['>3.9', '3.9.1', true],
    ['<=3.11', '3.11.1', false],
    ['==3.11', '3.11.0', true],
    ['==3.11', '3.11.2', false],
    ['==3.11.*', '3.11.2', true],
    ['==3.1.*', '3.11.2', false],
    ['!=3.11.*, >=3.10', '3.11.2', false],
    ['!=3.11.1', '3.11.2', true],
    ['===3.11.2', '3.11.2', true],
    ['~=3.9', '3.12.1', true],
    ['~=3.9', '4.0.0', false],
    ['~= 3.9.2', '3.10.0', false],
    ['~=3.9.2', '3.9.5', true],
    ['', '3.9.5', true],
  ])('%j and %s: %s', (range, version, expected) => {
    expect(parsePythonRange(range)?.(version)).toBe(expected);
  });

  it.each(['3.9', '^3.9', '>=3.9 <4', '>=3.13.0rc1', '~=3', '>=3.*', 'constructor', '>=3.9,|'])(
    '%j is none',
    (text) => {
      expect(parsePythonRange(text)).toBeUndefined();
    },
  );
});

describe('detecting Python', () => {
  const detected = (file: string, text: string): ReturnType<typeof detectPython> =>
    detectPython(new Map([[file, text]]));

  it.each([
    ['3.11.2\n', ['3.11.2'], ['3.11.3', '3.12.0']],
    ['# ours\r\n3.11\r\n3.12\r\n', ['3.11.0', '3.11.9'], ['3.12.1']],
    ['cpython-3.12', ['3.12.4'], ['3.11.2']],
    ['3.13-dev', ['3.13.1'], ['3.12.4']],
    ['system', ['2.7.18', '3.12.4'], []],
  ])('reads %j in .python-version', (text, good, bad) => {
    const range = detected('.python-version', text)?.range;
    expect(good.map((version) => range?.(version))).toEqual(good.map(() => true));
    expect(bad.map((version) => range?.(version))).toEqual(bad.map(() => false));
  });

  it('reads requires-python of the project, and .python-version before it', () => {
    const text = `[build-system]\nrequires-python = ">=2"\n[project] # ours\nname = "x"\nrequires-python = '>=3.12' # new\n`;
    expect(detected('pyproject.toml', text)).toMatchObject({ asked: '>=3.12', cause: 'pyproject.toml' });
    const both = new Map([
      ['pyproject.toml', text],
      ['.python-version', '3.12'],
    ]);
    expect(detectPython(both)).toMatchObject({ asked: '3.12', cause: '.python-version' });
    expect(detected('pyproject.toml', '[tool.poetry]\npython = "^3.9"\n')).toBeUndefined();
    expect(detected('.python-version', '\n# none\n')).toBeUndefined();
  });

  it.each(['pypy3.9-7.3.9', '../../evil', '\u001b[31m', '3.9; rm -rf /', '9'.repeat(60_000)])(
    'keeps what it does not understand as short printable text: %s',
    (text) => {
      const found = detected('.python-version', text);
      expect(found?.range).toBeUndefined();
      expect(found?.asked).toMatch(/^[\x20-\x7e]{1,63}$/);
    },
  );
});
