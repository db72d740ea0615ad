import Pool from 'undici/lib/dispatcher/pool.js';
import type { Dispatcher } from 'undici';
import { SoftState } from '../common/soft-state.js';
import type { Budget } from '../resilience/budget.js';

export interface HttpReply {
  status: number;
  body: string;
}

/** Behind a load balancer connections idle for this long may be gone. Milliseconds. */
const IDLE_MS = 20_000;

const timedOut = (what: string): Error => Object.assign(new Error(`${what} in time`), { name: 'TimeoutError' });

/** Keeps connections to one origin and posts small bodies over them. One timer per call: undici's own are a second apart. */
export class HttpPool {
  private readonly pool: Pool;

  constructor(
    origin: string,
    private readonly limits: { connections: number; connectMs: number; silenceMs: number },
  ) {
    this.pool = new Pool(origin, {
      connections: limits.connections,
      pipelining: 1,
      keepAliveTimeout: IDLE_MS,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { timeout: limits.connectMs },
    });
  }

  /** Rejects with `TimeoutError` without headers after `allowedMs` or then a byte for `silenceMs`, and with a network error's `code`. */
  post(path: string, headers: Record<string, string>, body: string, allowedMs: number, budget?: Budget): Promise<HttpReply> {
    return new Promise((resolve, reject) => {
      const exchange = new Exchange(allowedMs, this.limits.silenceMs, budget, resolve, reject);
      this.pool.dispatch({ method: 'POST', path, headers, body }, exchange);
    });
  }

  destroy(): void {
    void this.pool.destroy().catch(() => undefined);
  }
}

/** One request and its reply. */
@SoftState({ holds: 'what has come of a reply', bound: 'one per call under way', maxAge: 'the deadline of a call', ifLost: 'nothing: the request is lost with it' })
class Exchange implements Dispatcher.DispatchHandler {
  private controller?: Dispatcher.DispatchController;
  private ended?: Error;
  private status = 0;
  private readonly chunks: Buffer[] = [];
  private timer: NodeJS.Timeout;
  private readonly forget?: () => void;

  constructor(
    allowedMs: number,
    private readonly silenceMs: number,
    budget: Budget | undefined,
    private readonly resolve: (reply: HttpReply) => void,
    private readonly reject: (error: Error) => void,
  ) {
    this.timer = setTimeout(() => this.end(timedOut('no answer')), allowedMs);
    this.forget = budget?.whenOver(() => this.end(Object.assign(new Error('the request is over'), { name: 'AbortError' })));
  }

  /** A request that ended while it waited for a connection is never sent. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.ended) controller.abort(this.ended);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.status = status;
    this.awaitMore();
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.chunks.push(chunk) > 1) this.awaitMore();
  }

  onResponseEnd(): void {
    this.settle();
    const [first] = this.chunks;
    const body = this.chunks.length === 1 && first ? first : Buffer.concat(this.chunks);
    this.resolve({ status: this.status, body: body.toString() });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.settle();
    this.reject(error);
  }

  private awaitMore(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.end(timedOut('the answer did not come whole')), this.silenceMs);
  }

  private end(error: Error): void {
    this.ended = error;
    this.settle();
    this.reject(error);
    this.controller?.abort(error);
  }

  private settle(): void {
    clearTimeout(this.timer);
    this.forget?.();
  }
}
