import { isNamed, readHeaderLine } from './header-lines.ts';
import type { ResponseHead } from './response-head.ts';

/** For the cases in which an answer's head is not passed on as it came: the connection ends after it, or chunks are taken apart. */
export function lastResponseHead(bytes: Buffer, head: ResponseHead, options: { unchunked: boolean }): Buffer {
  const left = ['connection', 'keep-alive', ...(options.unchunked ? ['transfer-encoding', 'trailer'] : [])];
  const parts = [bytes.subarray(head.start, head.linesStart)];
  for (let at = head.linesStart; at < head.end - 2;) {
    const line = readHeaderLine(bytes, at)!;
    at = line.end;
    if (!left.some((name) => isNamed(bytes, line, name))) parts.push(bytes.subarray(line.start, line.end));
  }
  parts.push(Buffer.from('Connection: close\r\n\r\n'));
  return Buffer.concat(parts);
}
