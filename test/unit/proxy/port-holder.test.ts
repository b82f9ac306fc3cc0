import { expect, it } from 'vitest';
import { parseListening } from '../../../src/proxy/port-holder.ts';

const heading = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const rest = '00000000:00000000 00:00000000 00000000';

it('reads the listening sockets of a kernel table, of both families', () => {
  const table = [
    heading,
    `   0: 0100007F:0BB8 00000000:0000 0A ${rest}  1000        0 111 1 0000000000000000 100 0 0 10 0`,
    `   1: 0100007F:0BB9 0100007F:C350 01 ${rest}  1000        0 112 1 0000000000000000 20 4 30 10 -1`,
    `   2: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A ${rest}     0        0 113 1`,
    `   3: 0000000000000000FFFF00000100007F:1F91 00000000000000000000000000000000:0000 0A ${rest}     0        0 114 1`,
    '',
  ].join('\n');
  expect(parseListening(table)).toEqual([
    { address: '127.0.0.1', port: 3000, uid: 1000, inode: '111' },
    { address: '0:0:0:0:0:0:0:1', port: 8080, uid: 0, inode: '113' },
    { address: '0:0:0:0:0:ffff:7f00:1', port: 8081, uid: 0, inode: '114' },
  ]);
});

it.each(['', heading, 'nonsense\nmore nonsense'])('reads none in %j', (table) =>
  expect(parseListening(table)).toEqual([]),
);
