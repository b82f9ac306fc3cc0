import type { AccessEntry, AccessLog } from './access-log.ts';
import type { Destination } from './decide.ts';
import { headerValues } from './http/header-lines.ts';
import { targetOf, type RequestHead } from './http/request-head.ts';
import type { Client } from './http/request-writer.ts';
import type { Page } from './pages.ts';
import { PROGRESS_HEADER, progressWanted } from './progress-request.ts';
import { renderPage } from './render-page.ts';
import { mayWake } from './wake.ts';

/** Where a request came in. */
export interface Gate {
  client: Client;
  port: number;
}

/** A request whose head was read, and what there is to know of it beyond the hot path. */
export class ReceivedRequest {
  readonly head: RequestHead;
  /** What the offsets of the head are into. */
  readonly bytes: Buffer;
  readonly #gate: Gate;
  readonly #began: number;
  /** The one that it is for, if there is such a one. */
  workspace: string | undefined;
  /** Where it was passed on to, if it was. */
  destination: Destination | undefined;

  constructor(head: RequestHead, bytes: Buffer, gate: Gate) {
    this.head = head;
    this.bytes = bytes;
    this.#gate = gate;
    this.#began = Date.now();
  }

  /** The first value of a header; the name is in lower case. */
  header(name: string): string | undefined {
    return headerValues(this.bytes, this.head, name)[0];
  }

  /** Whether the connection can go on after an answer that was given without the body having been read. */
  get leavesNothing(): boolean {
    return this.head.framing === 'none' && !this.head.isLast && this.head.upgrade === undefined;
  }

  /** What a page's script waits for, where it is that which asks. */
  get progress(): ReturnType<typeof progressWanted> {
    return progressWanted(this.head.method, this.header(PROGRESS_HEADER.toLowerCase()));
  }

  mayWake(): boolean {
    const given = {
      origin: this.header('origin'),
      secFetchSite: this.header('sec-fetch-site'),
      secFetchDest: this.header('sec-fetch-dest'),
      secFetchMode: this.header('sec-fetch-mode'),
      secPurpose: this.header('sec-purpose'),
    };
    return mayWake(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));
  }

  render(page: Page, keepAlive: boolean): Buffer {
    const { method } = this.head;
    return renderPage(page, { accept: this.header('accept'), method, secure: this.#gate.client.secure, keepAlive });
  }

  /** Tells of it, now that it is over, if anybody listens. */
  log(access: AccessLog, outcome: Pick<AccessEntry, 'status' | 'bytesIn' | 'bytesOut' | 'note'>): void {
    if (!access.active) return;
    const { method, host, start, end } = this.head;
    access.record({
      time: new Date().toISOString(),
      ...(this.workspace !== undefined && { workspace: this.workspace }),
      port: this.#gate.port,
      client: this.#gate.client.address,
      method,
      target: targetOf(this.bytes, this.head),
      host,
      duration: Date.now() - this.#began,
      ...outcome,
      bytesIn: outcome.bytesIn + end - start,
    });
  }
}

/** Answers what is no request, and tells of it if anybody listens. */
export function renderRefusal(page: Page, { client, port }: Gate, access: AccessLog): Buffer {
  const bytes = renderPage(page, { accept: undefined, method: 'GET', secure: client.secure, keepAlive: false });
  if (access.active) {
    const nothing = { method: '', target: '', host: '', duration: 0, bytesIn: 0 };
    const { status, text: note } = page;
    const time = new Date().toISOString();
    access.record({ time, port, client: client.address, ...nothing, status, bytesOut: bytes.length, note });
  }
  return bytes;
}
