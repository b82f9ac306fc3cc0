import { isNamed, readHeaderLine } from './header-lines.ts';
import { HOPS, targetOf, type RequestHead } from './request-head.ts';

/** What the proxy tells the service about the client. */
export interface Client {
  /** IP address. */
  address: string;
  secure: boolean;
}

/** Bytes that what is added to a head never exceeds, beside the Host and the upgrade. */
const ROOM = 1_024;

/**
 * Writes heads as the service gets them: as they came, less what concerns the client's connection only, plus who it was. One for each client's
 * connection, since what is added is mostly the same.
 */
export class RequestWriter {
  readonly #client: Client;
  #host: string | undefined;
  #suffix = Buffer.alloc(0);

  constructor(client: Client) {
    this.#client = client;
  }

  /** @param target where it is not that of the head @returns the head; the memory is used again for the next one */
  write(bytes: Buffer, head: RequestHead, target?: string): Buffer {
    const { kept } = head;
    const out = memory(head.end - head.start + (target?.length ?? 0) + 2 * head.host.length + ROOM);
    let at = 0;
    if (head.dropped || target !== undefined) at = copyLines(bytes, head, { out, target });
    else for (let i = 0; i < kept.length; i += 2) at += bytes.copy(out, at, kept[i], kept[i + 1]);
    at += this.#suffixFor(head).copy(out, at);
    return out.subarray(0, at);
  }

  #suffixFor(head: RequestHead): Buffer {
    const isUsual = head.hops === 0 && head.upgrade === undefined && !head.takesTrailers;
    if (!isUsual) return Buffer.from(this.#compose(head), 'latin1');
    if (this.#host !== head.host) {
      this.#host = head.host;
      this.#suffix = Buffer.from(this.#compose(head), 'latin1');
    }
    return this.#suffix;
  }

  #compose({ host, hops, upgrade, takesTrailers }: RequestHead): string {
    const { address, secure } = this.#client;
    const proto = secure ? 'https' : 'http';
    const port = /:(\d+)$/.exec(host)?.[1] ?? (secure ? '443' : '80');
    const node = address.includes(':') ? `"[${address}]"` : address;
    const lines = [
      `X-Forwarded-For: ${address}`,
      `X-Forwarded-Host: ${host}`,
      `X-Forwarded-Proto: ${proto}`,
      `X-Forwarded-Port: ${port}`,
      `Forwarded: for=${node};host="${host}";proto=${proto}`,
      `${HOPS}: ${hops + 1}`,
      ...(upgrade === undefined ? [] : ['Connection: Upgrade', `Upgrade: ${upgrade}`]),
      ...(takesTrailers ? ['TE: trailers', 'Connection: TE'] : []),
    ];
    return `${lines.join('\r\n')}\r\n\r\n`;
  }
}

/** With another target, or less the lines that Connection names. */
function copyLines(bytes: Buffer, head: RequestHead, to: { out: Buffer; target: string | undefined }): number {
  const { kept, dropped = [], method, version, linesStart } = head;
  let at = to.out.write(`${method} ${to.target ?? targetOf(bytes, head)} HTTP/${version}\r\n`, 0, 'latin1');
  for (let i = 0; i < kept.length; i += 2) {
    for (let from = Math.max(linesStart, kept[i]!); from < kept[i + 1]!;) {
      const line = readHeaderLine(bytes, from)!;
      from = line.end;
      if (!dropped.some((name) => isNamed(bytes, line, name))) at += bytes.copy(to.out, at, line.start, line.end);
    }
  }
  return at;
}

let scratch = Buffer.allocUnsafeSlow(16_384);

function memory(size: number): Buffer {
  if (size > scratch.length) scratch = Buffer.allocUnsafeSlow(size);
  return scratch;
}
