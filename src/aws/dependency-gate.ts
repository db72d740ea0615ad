import { Bulkhead, type BulkheadLimits } from '../resilience/bulkhead.js';
import { currentBudget, Unavailable, type Budget } from '../resilience/budget.js';

export interface DependencyLimits extends BulkheadLimits {
  name: string;
  /** Until the headers of the answer, per attempt. Milliseconds. */
  attemptMs: number;
  /** Without a byte: a body that stops coming has no other deadline. Milliseconds. */
  silenceMs: number;
  /** What one request may wait for it in all calls and attempts. Milliseconds. */
  patienceMs: number;
}

/**
 * Where every attempt of every call to an AWS service passes: bounds how many there are at once, and gives each the time that its
 * request has left.
 */
export class DependencyGate {
  readonly bulkhead: Bulkhead;

  constructor(private readonly limits: DependencyLimits) {
    this.bulkhead = new Bulkhead(limits);
  }

  /**
   * One attempt: `send` is told how long it may take, in milliseconds, and whose time it takes. `longerMs` is the time of a call that
   * is known to take long: it may use all that the request has.
   */
  async pass<T>(send: (allowedMs: number, budget: Budget | undefined) => Promise<T>, longerMs?: number): Promise<T> {
    const budget = currentBudget();
    const turn = this.bulkhead.enter(this.allowed(budget, longerMs));
    const done = budget?.waitFor(this.limits.name);
    try {
      if (turn) await turn;
    } catch (error) {
      done?.();
      throw error;
    }
    try {
      return await send(this.allowed(budget, longerMs), budget);
    } finally {
      this.bulkhead.leave();
      done?.();
    }
  }

  private allowed(budget: Budget | undefined, longerMs: number | undefined): number {
    const { name, attemptMs, patienceMs } = this.limits;
    const attempt = longerMs ?? attemptMs;
    if (!budget) return attempt;
    const patience = longerMs === undefined ? budget.patienceMs(name, patienceMs) : attempt;
    const allowed = Math.floor(Math.min(attempt, patience, budget.remainingMs()));
    if (allowed <= 0) throw new Unavailable('no time left');
    return allowed;
  }
}
