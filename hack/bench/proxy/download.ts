import net from 'node:net';
import type { Contender } from './contender.ts';

const DOWNLOADS = 4;
const BUFFER_BYTES = 256 * 1024;

/** Megabytes per second of some downloads of 64 MB, one after another on one connection. */
export function download({ name, address, port, host }: Contender): Promise<number> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    let total = 0;
    let done = 0;
    let left = 0;
    const ask = (): void => void socket.write(`GET /64m HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    const socket = net.connect({
      host: address,
      port,
      noDelay: true,
      onread: {
        // Read into over and over, and never looked at after the head: the reader shall not be what is measured.
        buffer: Buffer.allocUnsafe(BUFFER_BYTES),
        callback(count, bytes) {
          if (left === 0) {
            const head = headOf(Buffer.from(bytes.buffer, bytes.byteOffset, count));
            if (!head) {
              socket.destroy(new Error(`${name}: not the download that was asked for`));
              return false;
            }
            left = head.size + head.length;
            total += head.size;
          }
          left -= count;
          if (left > 0) return true;
          done += 1;
          if (done < DOWNLOADS) ask();
          else socket.end(() => resolve(total / 1_000 / (performance.now() - start)));
          return true;
        },
      },
    });
    socket.once('connect', ask);
    socket.once('error', reject);
    socket.once('close', () => reject(new Error(`${name}: a download has ended early`)));
  });
}

/** Bytes of the head itself and of what it announces. Undefined for anything but a complete head of a good answer. */
function headOf(bytes: Buffer): { length: number; size: number } | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  const head = bytes.toString('latin1', 0, end);
  const size = Number(/^content-length: (\d+)/im.exec(head)?.[1]);
  return end !== -1 && head.startsWith('HTTP/1.1 200') && size > 0 ? { length: end + 4, size } : undefined;
}
