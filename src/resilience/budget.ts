import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { SoftState } from '../common/soft-state.js';
import type { Span } from '../telemetry/traces.js';

/**
 * A dependency that does not answer, or is not asked because the request has no time left for it. Not an `AppError`: whoever
 * sees it must not take it for a decision. Clients get 503 with `Retry-After`. The name keeps the SDK from trying again.
 */
export class Unavailable extends Error {
  override name = 'Unavailable';
}

interface Waiting {
  active: number;
  since: number;
  spentMs: number;
}

/**
 * How long the work for one request may go on, and what to stop when that is over. Times are of the monotonic clock, in
 * milliseconds. Remote calls find it by `currentBudget()`, so that nobody has to pass it along.
 */
@SoftState({ holds: 'what one request has spent and started', bound: 'one per request in flight', maxAge: 'until the request is answered', ifLost: 'the request is lost with it' })
export class Budget {
  /** Of the request, while traces are collected. */
  span?: Span;
  private endsAt: number;
  private over = false;
  private readonly waiting = new Map<string, Waiting>();
  private readonly started = new Set<() => void>();

  constructor(
    ms: number,
    readonly beganAt = performance.now(),
  ) {
    this.endsAt = beganAt + ms;
  }

  remainingMs(): number {
    return this.over ? 0 : Math.max(0, this.endsAt - performance.now());
  }

  /** For work that is worth finishing although its request has been answered by then. */
  extend(ms: number): void {
    this.endsAt = Math.max(this.endsAt, performance.now() + ms);
  }

  /** Calls `stop` when the budget ends before the returned function was called. */
  whenOver(stop: () => void): () => void {
    this.started.add(stop);
    return () => this.started.delete(stop);
  }

  /** Stops what was started and lets nothing more begin. */
  end(): void {
    this.over = true;
    for (const stop of this.started) stop();
    this.started.clear();
  }

  /** What is left of `patienceMs`, the time that this request may spend waiting for one dependency in all. */
  patienceMs(dependency: string, patienceMs: number): number {
    const waiting = this.waiting.get(dependency);
    if (!waiting) return patienceMs;
    return patienceMs - waiting.spentMs - (waiting.active > 0 ? performance.now() - waiting.since : 0);
  }

  /** Counts the time until the returned function is called; calls side by side count once. */
  waitFor(dependency: string): () => void {
    const waiting = this.waiting.get(dependency) ?? { active: 0, since: 0, spentMs: 0 };
    this.waiting.set(dependency, waiting);
    if (waiting.active === 0) waiting.since = performance.now();
    waiting.active += 1;
    return () => {
      waiting.active -= 1;
      if (waiting.active === 0) waiting.spentMs += performance.now() - waiting.since;
    };
  }
}

const storage = new AsyncLocalStorage<Budget | undefined>();

/** The budget of the request that is being worked for; undefined in background work, which has only the deadline of each call. */
export const currentBudget = (): Budget | undefined => storage.getStore();

export const withBudget = <T>(budget: Budget, work: () => T): T => storage.run(budget, work);

/** For work that several requests wait for, or that goes on after them: it must not end with the one that happened to begin it. */
export const detached = <T>(work: () => T): T => storage.run(undefined, work);

/** Waits, or rejects at once with `Unavailable` when the budget would be over by then. */
export async function pause(ms: number): Promise<void> {
  const budget = storage.getStore();
  if (budget && budget.remainingMs() <= ms) throw new Unavailable('no time left to try again');
  await delay(ms);
}
