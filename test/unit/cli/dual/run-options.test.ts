import { describe, expect, it } from 'vitest';
import { commandEnvironment } from '../../../../src/cli/dual/run/environment.ts';
import { parseRunOptions } from '../../../../src/cli/dual/run/options.ts';

describe('parseRunOptions', () => {
  it.each([
    [
      ['--', 'ls', '-l'],
      ['ls', '-l'],
    ],
    [
      ['pnpm', 'test', '-w', 'x', '--', '-e'],
      ['pnpm', 'test', '-w', 'x', '--', '-e'],
    ],
    [
      ['--', '--', 'x'],
      ['--', 'x'],
    ],
    [['--', ''], ['']],
    [
      ['-e', 'A=1', '--', 'a b', "it's", 'two\nlines', '🦊'],
      ['a b', "it's", 'two\nlines', '🦊'],
    ],
  ])('takes from %j the command %j', (args, argv) => {
    expect(parseRunOptions(args).argv).toEqual(argv);
  });

  it('reads its own options in every way to write them', () => {
    const args = ['-w', 'shop', '-eA=1', '-e', 'B', '--env=C=x=y', '--cwd=sub', '--timeout', '5m', 'make'];
    expect(parseRunOptions(args)).toEqual({
      workspace: 'shop',
      env: ['A=1', 'B', 'C=x=y'],
      cwd: 'sub',
      timeout: 300_000,
      help: false,
      host: false,
      argv: ['make'],
    });
  });

  it.each([
    [[], /no command given/],
    [['-w', 'shop'], /no command given/],
    [['--wrkspace', 'x', 'ls'], /--wrkspace/],
    [['-x', 'ls'], /-x/],
    [['-w'], /workspace/],
    [['--host', '--cwd', '/', 'ls'], /--host and --cwd cannot be had together/],
    [['--timeout', 'soon', 'ls'], /--timeout: "soon" is not a duration/],
  ])('refuses %j', (args, message) => {
    expect(() => parseRunOptions(args)).toThrow(message);
  });

  it('asks for no command where help is wanted', () => {
    expect(parseRunOptions(['--help']).help).toBe(true);
    expect(parseRunOptions(['ls', '--help'])).toMatchObject({ help: false, argv: ['ls', '--help'] });
  });
});

describe('commandEnvironment', () => {
  const caller = {
    TERM: 'xterm',
    LANG: 'C',
    LC_ALL: 'de_DE.UTF-8',
    TZ: 'UTC',
    PATH: '/x',
    HOME: '/root',
    TERMINAL: 'y',
  };

  it("passes the caller's terminal and language on, and nothing else", () => {
    expect(commandEnvironment(caller, [])).toEqual({ TERM: 'xterm', LANG: 'C', LC_ALL: 'de_DE.UTF-8', TZ: 'UTC' });
  });

  it('adds what is assigned, and what is named', () => {
    const env = commandEnvironment({ ...caller, TOKEN: 't' }, ['A=', 'B=x=y', 'TOKEN', 'ABSENT', 'TERM=dumb']);
    expect(env).toMatchObject({ A: '', B: 'x=y', TOKEN: 't', TERM: 'dumb' });
    expect(env).not.toHaveProperty('ABSENT');
  });

  it('refuses an assignment without a name', () => {
    expect(() => commandEnvironment({}, ['=x'])).toThrow(/name is missing/);
  });
});
