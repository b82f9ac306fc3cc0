import { describe, expect, it } from 'vitest';
import { checkExecRequest, checkExecResult, checkHello, checkPorts } from '../../../src/guest/check.ts';
import { MAX_PORTS, MAX_PROCESS_NAME, PROTOCOL } from '../../../src/guest/protocol.ts';

describe('a hello', () => {
  const hello = { dual: 'guest', protocols: [PROTOCOL, PROTOCOL], version: '1.2.3', pid: 7 };

  it('of a guest is taken, whatever else is in it', () => {
    expect(checkHello({ ...hello, more: 'x' })).toEqual(hello);
  });

  it.each([
    [null],
    ['guest'],
    [[]],
    [{}],
    [{ ...hello, dual: 'host' }],
    [{ ...hello, protocols: 1 }],
    [{ ...hello, protocols: ['1', '1'] }],
  ])('is refused: %j', (value) => expect(() => checkHello(value)).toThrow(/guest|hello/));

  it('of another protocol says what to do', () => {
    const newer = { ...hello, protocols: [PROTOCOL + 1, PROTOCOL + 2] };
    expect(() => checkHello(newer)).toThrow(/restart the workspace/);
  });
});

describe('a list of ports', () => {
  it('is cut to its bounds', () => {
    const ports = Array.from({ length: 5000 }, (_, index) => ({
      port: index + 1,
      reachable: true,
      process: 'x'.repeat(500),
    }));
    const checked = checkPorts({ ports });
    expect(checked).toHaveLength(MAX_PORTS);
    expect(checked[0]?.process).toHaveLength(MAX_PROCESS_NAME);
  });

  it('keeps what is a port and drops the rest', () => {
    const ports = [
      { port: 3000, reachable: true, process: 'no\u001b[2Jde\n\u202e', pid: 12 },
      { port: 3000, reachable: false, process: 'twice' },
      { port: 80, reachable: 'yes', process: 5, pid: -1 },
      { port: 0, reachable: true, process: '' },
      { port: 65_536, reachable: true, process: '' },
      { port: '22', reachable: true, process: '' },
      { port: 1.5, reachable: true, process: '' },
      null,
      'x',
    ];
    expect(checkPorts({ ports })).toEqual([
      { port: 80, reachable: false, process: '' },
      { port: 3000, reachable: true, process: 'no[2Jde', pid: 12 },
    ]);
  });

  it('that is none is refused', () => {
    for (const value of [null, [], {}, { ports: {} }]) expect(() => checkPorts(value)).toThrow();
  });
});

describe('a request', () => {
  const request = { argv: ['echo', 'ä\n🚀', ''], cwd: '/tmp', env: { A: 'b=c' }, umask: 0o22 };

  it('is taken', () => {
    expect(checkExecRequest(request)).toEqual(request);
    const tty = { rows: 24, cols: 80, term: 'xterm' };
    expect(checkExecRequest({ ...request, tty })).toEqual({ ...request, tty });
  });

  it.each([
    ['argv', { argv: [] }],
    ['argv', { argv: ['a\0b'] }],
    ['argv', { argv: 'ls' }],
    ['cwd', { cwd: 'relative' }],
    ['env', { env: { 'A=B': 'c' } }],
    ['env', { env: { A: 1 } }],
    ['env', { env: ['A'] }],
    ['umask', { umask: 0o1000 }],
    ['umask', { umask: -1 }],
    ['tty', { tty: { rows: 0, cols: 80, term: 'xterm' } }],
    ['tty', { tty: 'yes' }],
  ])('with a bad %s is refused: %j', (field, change) => {
    expect(() => checkExecRequest({ ...request, ...change })).toThrow(field);
  });
});

describe('a result', () => {
  it('is taken', () => {
    expect(checkExecResult({ code: 255 })).toEqual({ code: 255 });
    expect(checkExecResult({ signal: 'SIGTERM' })).toEqual({ signal: 'SIGTERM' });
    const failed = checkExecResult({ failed: 'ENOENT', message: 'x: not\u001b found' });
    expect(failed).toEqual({ failed: 'ENOENT', message: 'x: not found' });
  });

  it.each([
    [{ code: 256 }],
    [{ code: -1 }],
    [{ code: '0' }],
    [{ signal: 'SIGNOT' }],
    [{ signal: 'toString' }],
    [{ failed: 'EVIL' }],
    [0],
  ])('is refused: %j', (value) => expect(() => checkExecResult(value)).toThrow());
});
