import type { Client, RequestWriter } from './http/request-writer.ts';
import type { Decision, Destination, Owner } from './decide.ts';
import { Exchange, type ExchangeClient, type ExchangeOutcome, type Failure } from './exchange.ts';
import type { FrontContext } from './front-context.ts';
import {
  badRequestPage,
  badUpstreamPage,
  deadPortPage,
  workspacePage,
  type Page,
  type WorkspacePage,
} from './pages.ts';
import { followProgress, type FollowOptions } from './progress.ts';
import type { ReceivedRequest } from './received-request.ts';
import type { Route } from './routes.ts';
import type { Channel } from './upstreams.ts';

/** The connection that a request came on. */
export interface AnswerClient extends ExchangeClient {
  readonly client: Client;
  readonly port: number;
  readonly writer: RequestWriter;
  /** Who is at the other end, for plain `localhost`; found out when it is wanted first. */
  owner: Owner;
  findOwner(): Promise<string | undefined>;
  /** Ends it at once. */
  destroy(): void;
  readonly isGone: boolean;
  /** `droppable`: not when the client has yet to take what it was sent before. */
  write(bytes: Buffer, worth?: 'droppable'): void;
  /** The request can be answered now: what waited for that goes on. */
  onBegun(): void;
  /** The answer is complete. `persists`: another request may follow. */
  onAnswered(persists: boolean): void;
}

/** From a request that was read to the end of its answer, whoever gives it: the workspace, or a page. */
export class Answer implements ExchangeOutcome {
  readonly #client: AnswerClient;
  readonly #request: ReceivedRequest;
  readonly #context: FrontContext;
  #exchange: Exchange | undefined;
  #stopProgress: (() => void) | undefined;

  constructor(client: AnswerClient, request: ReceivedRequest, context: FrontContext) {
    this.#client = client;
    this.#request = request;
    this.#context = context;
  }

  /** To be called once; it may be over by the time it returns. */
  begin(): void {
    const { port, owner } = this.#client;
    const decision = this.#context.decide(this.#request, port, owner);
    if (decision === 'whose') this.#findOwner();
    else if ('destination' in decision) this.#passOn(decision);
    else if ('absent' in decision) this.#tellOf(decision);
    else this.#give(decision.page, this.#request.head.method !== 'CONNECT');
  }

  /** Takes what belongs to the request of what the client sent. @returns where that ends */
  fromClient(bytes: Buffer, start: number, end: number): number {
    return this.#exchange ? this.#exchange.fromClient(bytes, start, end) : start;
  }

  clientEnded(): void {
    if (this.#exchange) this.#exchange.clientEnded();
    else if (this.#stopProgress) this.#client.destroy();
  }

  clientDrained(): void {
    this.#exchange?.clientDrained();
  }

  /** The client is gone. */
  abandon(): void {
    this.#stopProgress?.();
    if (!this.#exchange) return;
    this.#exchange.abandon();
    this.#logExchange('cut off');
  }

  onDone(persists: boolean): void {
    if (this.#context.access.active) this.#logExchange();
    this.#client.onAnswered(persists);
  }

  onFailure(failure: Failure): void {
    const destination = this.#request.destination!;
    if (failure.kind === 'no-answer') this.#give(this.#deadPort(destination, failure.cause));
    else if (failure.kind === 'no-http') this.#give(this.#badUpstream(destination, failure.cause));
    else this.#give(badRequestPage('The body of the request is not framed as it has to be.'), false);
  }

  #findOwner(): void {
    const { table } = this.#context;
    const revision = table.revision();
    this.#later(
      this.#client.findOwner().then((workspace) => () => {
        // Good enough for this request, so that it is answered however often routes change; not for the next one if they have.
        this.#client.owner = { workspace, revision: table.revision() };
        this.begin();
        this.#client.owner = { workspace, revision };
      }),
    );
  }

  /** Goes on with what a promise gives, unless the client has gone by then. */
  #later(next: Promise<() => void>): void {
    next
      .then((goOn) => {
        if (this.#client.isGone) return;
        goOn();
        this.#client.onBegun();
      })
      .catch((error: unknown) => {
        this.#context.log.error({ err: error }, 'unexpected error');
        this.#client.destroy();
      });
  }

  #passOn({ destination, target }: Extract<Decision, { destination: unknown }>): void {
    this.#request.destination = destination;
    this.#request.workspace = destination.workspace;
    const channel = this.#context.upstreams.channel(destination.endpoint);
    if (!('then' in channel)) {
      this.#start(destination, target, channel);
      return;
    }
    this.#later(
      channel.then(
        (opened) => () => this.#start(destination, target, opened),
        (error: Error) => () => this.#giveUnreachable(destination, error),
      ),
    );
  }

  #start(destination: Destination, target: string | undefined, channel: Channel): void {
    const { head, bytes } = this.#request;
    const traffic = this.#context.traffic.of(destination.workspace, destination.port);
    const write = (): Buffer => this.#client.writer.write(bytes, head, target);
    this.#exchange = new Exchange(
      { client: this.#client, outcome: this },
      { head, destination, write, traffic },
      channel,
    );
  }

  #giveUnreachable(destination: Destination, error: Error): void {
    const { workspace, port } = destination;
    this.#context.log.debug({ workspace, port, error: error.message }, 'no answer');
    this.#context.traffic.of(workspace, port).errors += 1;
    const message = error.message.replace(/[.]?$/, '.');
    this.#give(this.#deadPort(destination, message.charAt(0).toUpperCase() + message.slice(1)));
  }

  #deadPort(destination: Destination, cause: string): Page {
    const { workspace, port } = destination;
    return deadPortPage(this.#routeOf(destination), this.#context.table.description(workspace), port, cause);
  }

  #badUpstream(destination: Destination, cause: string): Page {
    return badUpstreamPage(this.#routeOf(destination), destination.port, `${cause}.`);
  }

  /** As it is now: the workspace may have stopped since the request came in. */
  #routeOf({ workspace, endpoint }: Destination): Route {
    return this.#context.table.get(workspace) ?? { workspace, endpoint, ports: [], awaited: [] };
  }

  /** A page that says where the workspace stands; or, when that page asks, how it goes on. */
  #tellOf({ absent: route, page }: Extract<Decision, { absent: unknown }>): void {
    const wanted = this.#request.progress;
    if (wanted !== undefined) {
      this.#followProgress(route.workspace, wanted, page);
      return;
    }
    this.#request.workspace = route.workspace;
    const isWoken = !route.endpoint && this.#request.mayWake();
    if (isWoken) this.#context.onWanted(route.workspace);
    const description = this.#context.table.description(route.workspace);
    const { port } = this.#client;
    this.#give(page ? page(route, description, port) : workspacePage(route, description, port, isWoken));
  }

  #followProgress(workspace: string, wanted: FollowOptions['wanted'], page: WorkspacePage | undefined): void {
    const { table, clock } = this.#context;
    const { port, client } = this.#client;
    let isOver = false;
    const stop = followProgress({
      ...{ table, clock, workspace, port, wanted, secure: client.secure, ...(page && { page }) },
      write: (chunk) => this.#client.write(chunk, 'droppable'),
      end: () => {
        isOver = true;
        this.#client.onAnswered(false);
      },
    });
    if (!isOver) this.#stopProgress = stop;
  }

  #give(page: Page, mayPersist = true): void {
    const keepAlive = mayPersist && this.#request.leavesNothing && !this.#client.isClosing;
    const bytes = this.#request.render(page, keepAlive);
    this.#client.write(bytes);
    const { status, title: note } = page;
    this.#request.log(this.#context.access, { status, bytesIn: 0, bytesOut: bytes.length, note });
    this.#client.onAnswered(keepAlive);
  }

  #logExchange(note?: string): void {
    const { status, bytesIn, bytesOut } = this.#exchange!;
    const optional = { ...(status !== undefined && { status }), ...(note !== undefined && { note }) };
    this.#request.log(this.#context.access, { ...optional, bytesIn, bytesOut });
  }
}
