import { SoftState } from '../common/soft-state.js';
import { Unavailable } from './budget.js';

export interface BulkheadLimits {
  /** Calls at once. */
  concurrent: number;
  /** Calls that may wait for their turn. */
  waiting: number;
  /** How long one may wait. Milliseconds. */
  waitMs: number;
}

/** Bounds the calls to one dependency and the waiting for a turn, so that one that hangs takes no more than its share of the task. */
@SoftState({ holds: 'calls under way to a dependency, and those that wait for a turn', bound: 'the limits it is made with', maxAge: 'the deadline of a call', ifLost: 'nothing: the requests are lost with it' })
export class Bulkhead {
  private inside = 0;
  private readonly queue = new Set<() => void>();

  constructor(private readonly limits: BulkheadLimits) {}

  get active(): number {
    return this.inside;
  }

  get waiting(): number {
    return this.queue.size;
  }

  /** Undefined when there is a free place, which is then taken. Rejects with `Unavailable` for a full queue and a long wait. Each entry must `leave`. */
  enter(patienceMs: number): Promise<void> | undefined {
    if (this.inside < this.limits.concurrent) {
      this.inside += 1;
      return undefined;
    }
    if (this.queue.size >= this.limits.waiting) return Promise.reject(new Unavailable('too many calls wait'));
    return new Promise((resolve, reject) => {
      const turn = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.queue.delete(turn);
        reject(new Unavailable('no turn in time'));
      }, Math.min(this.limits.waitMs, patienceMs));
      this.queue.add(turn);
    });
  }

  /** The place goes to the one that has waited longest. */
  leave(): void {
    const next = this.queue.values().next();
    if (next.done) {
      this.inside -= 1;
      return;
    }
    this.queue.delete(next.value);
    next.value();
  }
}
