import type { NodeHttpHandler } from '@smithy/node-http-handler';
import { Bulkhead, type BulkheadLimits } from '../resilience/bulkhead.js';
import { currentBudget, Unavailable, type Budget } from '../resilience/budget.js';

type Handle = NodeHttpHandler['handle'];
type Request = Parameters<Handle>[0];
type Options = NonNullable<Parameters<Handle>[1]>;

export interface DependencyLimits extends BulkheadLimits {
  name: string;
  /** Until the headers of the answer, per attempt. Milliseconds. */
  attemptMs: number;
  /** Without a byte: a body that stops coming has no other deadline. Milliseconds. */
  silenceMs: number;
  /** What one request may wait for it in all calls and attempts. Milliseconds. */
  patienceMs: number;
}

/** The SDK's older form of an abort signal: an EventTarget for each call would cost more than the call's own bookkeeping. */
interface Stop {
  aborted: boolean;
  onabort: (() => void) | null;
}

/**
 * Where every attempt of every call to an AWS service passes: bounds how many there are at once, gives each the time that its
 * request has left, and stops it when the request's budget ends.
 */
export class DependencyHandler {
  readonly metadata = { handlerProtocol: 'http/1.1' };
  readonly bulkhead: Bulkhead;

  constructor(
    private readonly inner: NodeHttpHandler,
    private readonly limits: DependencyLimits,
  ) {
    this.bulkhead = new Bulkhead(limits);
  }

  async handle(request: Request, options: Options = {}): ReturnType<Handle> {
    const budget = currentBudget();
    const allowedMs = this.allowed(budget, options);
    const turn = this.bulkhead.enter(allowedMs);
    const done = budget?.waitFor(this.limits.name);
    try {
      if (turn) await turn;
    } catch (error) {
      done?.();
      throw error;
    }
    try {
      return await this.send(request, options, budget);
    } finally {
      this.bulkhead.leave();
      done?.();
    }
  }

  destroy(): void {
    this.inner.destroy();
  }

  updateHttpClientConfig(...[key, value]: Parameters<NodeHttpHandler['updateHttpClientConfig']>): void {
    this.inner.updateHttpClientConfig(key, value);
  }

  httpHandlerConfigs(): ReturnType<NodeHttpHandler['httpHandlerConfigs']> {
    return this.inner.httpHandlerConfigs();
  }

  private async send(request: Request, options: Options, budget: Budget | undefined): ReturnType<Handle> {
    const requestTimeout = this.allowed(budget, options);
    if (!budget) return this.inner.handle(request, { ...options, requestTimeout });
    const stop: Stop = { aborted: false, onabort: null };
    const forget = budget.whenOver(() => {
      stop.aborted = true;
      stop.onabort?.();
    });
    try {
      const reply = await this.inner.handle(request, { ...options, requestTimeout, abortSignal: stop });
      // The body is still to come.
      (reply.response.body as NodeJS.ReadableStream | undefined)?.once('close', forget);
      return reply;
    } catch (error) {
      forget();
      throw error;
    }
  }

  /** A call that was given a time of its own is known to take long: it may use all that the request has. */
  private allowed(budget: Budget | undefined, { requestTimeout }: Options): number {
    const { name, attemptMs, patienceMs } = this.limits;
    const attempt = requestTimeout ?? attemptMs;
    if (!budget) return attempt;
    const patience = requestTimeout === undefined ? budget.patienceMs(name, patienceMs) : attempt;
    const allowed = Math.floor(Math.min(attempt, patience, budget.remainingMs()));
    if (allowed <= 0) throw new Unavailable('no time left');
    return allowed;
  }
}
