import { describe, expect, it } from 'vitest';
import { MAX_PORTS } from '../../../src/guest/protocol.ts';
import { toPorts } from '../../../src/guest/server/port-watch.ts';
import { isPastListening, newestProcess, parseProcNet, tcpInUse } from '../../../src/guest/server/proc-net.ts';

const HEADING = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';

function row(local: string, { state = '0A', uid = '1000', inode = '4711' } = {}): string {
  const remote = local.length > 20 ? `${'0'.repeat(32)}:0000` : '00000000:0000';
  return `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000  ${uid}        0 ${inode} 1 0000000000000000 100 0 0 10 0`;
}

describe('/proc/net/tcp', () => {
  it.each([
    ['0100007F:0BB8', { port: 3000, reachable: true }],
    ['00000000:1F90', { port: 8080, reachable: true }],
    ['0200007F:0BB8', { port: 3000, reachable: false }],
    ['020011AC:0BB8', { port: 3000, reachable: false }],
    ['00000000000000000000000001000000:0BB8', { port: 3000, reachable: true }],
    ['00000000000000000000000000000000:FFFF', { port: 65_535, reachable: true }],
    ['0000000000000000FFFF00000100007F:0BB8', { port: 3000, reachable: true }],
    ['000080FE00000000FF005450B6AD1DFE:0BB8', { port: 3000, reachable: false }],
  ])('%s', (local, expected) => {
    expect(parseProcNet(`${HEADING}\n${row(local)}\n`)).toEqual([{ ...expected, uid: 1000, inode: '4711' }]);
  });

  it.each([
    ['a connection', row('0100007F:0BB8', { state: '01' })],
    ['port 0', row('0100007F:0000')],
    ["the engine's name server", row('0B00007F:9C41')],
    ['a long port', row('0100007F:0BB80')],
    ['a strange address', row('ZZ00007F:0BB8')],
    ['a short address', row('007F:0BB8')],
    ['no address', row(':')],
    ['a strange inode', row('0100007F:0BB8', { inode: '../../1' })],
    ['a strange uid', row('0100007F:0BB8', { uid: '-1' })],
    ['half a row', row('0100007F:0BB8').slice(0, 60)],
    ['nothing', ''],
  ])('leaves out %s', (_, line) => {
    expect(parseProcNet(`${HEADING}\n${line}\n`)).toEqual([]);
  });

  it('tells where the listening rows end', () => {
    expect(isPastListening(`${HEADING}\n${row('0100007F:0BB8')}\n`)).toBe(false);
    expect(isPastListening(`${row('0100007F:0BB8')}\n${row('0100007F:0BB8', { state: '06' })}\n`)).toBe(true);
  });
});

describe('signs of change', () => {
  it('are read from the counters', () => {
    expect(tcpInUse('sockets: used 5\nTCP: inuse 12 orphan 0 tw 0 alloc 9 mem 1\n')).toBe(12);
    expect(tcpInUse('TCP6: inuse 3\nUDP6: inuse 0\n')).toBe(3);
    expect(tcpInUse('')).toBeUndefined();
    expect(newestProcess('0.1 0.2 0.3 2/341 4711\n')).toBe('4711');
  });
});

describe('the list of ports', () => {
  const socket = (port: number, inode: string, reachable = true) => ({ port, reachable, uid: 0, inode });

  it('has one entry per port, the reachable one, in order', () => {
    const owners = new Map([
      ['2', { pid: 20, process: 'vite' }],
      ['3', { pid: 30, process: 'node' }],
    ]);
    const sockets = [
      socket(5173, '1', false),
      socket(5173, '2'),
      socket(5173, '4'),
      socket(3000, '3'),
      socket(3000, '5'),
    ];
    expect(toPorts(sockets, owners)).toEqual([
      { port: 3000, reachable: true, process: 'node', pid: 30 },
      { port: 5173, reachable: true, process: 'vite', pid: 20 },
    ]);
  });

  it('is bounded', () => {
    const sockets = Array.from({ length: 1000 }, (_, index) => socket(index + 1, String(index)));
    expect(toPorts(sockets, new Map())).toHaveLength(MAX_PORTS);
  });
});
