/** One task: one core, one queue. Times in seconds since the run began. */
export class Task {
  freeAt = 0;
  /** Seconds of work in the current minute, for CPU and event-loop metrics. */
  busy = 0;
  requests = 0;
  /** No new requests from then on. */
  leavesAt = Infinity;

  constructor(
    readonly zone: number,
    readonly startedAt: number,
    /** When its health checks have passed. */
    readonly readyAt: number,
  ) {
    this.freeAt = readyAt;
  }

  /** The share of a full task's requests that slow start gives it now. */
  weight(now: number, slowStart: number): number {
    if (now < this.readyAt || now >= this.leavesAt) return 0;
    return Math.min(1, (now - this.readyAt + 1) / slowStart);
  }
}
