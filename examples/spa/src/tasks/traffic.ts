/** One attempt of a request, as it went. */
export interface Attempt {
  id: number;
  at: Date;
  method: string;
  path: string;
  /** Missing when no answer came. */
  status?: number;
  /** The task that answered, where the balancer says so. */
  task?: string;
  ms: number;
}

export interface TrafficState {
  latest: Attempt[];
  byTask: Record<string, number>;
  attempts: number;
  /** No answer, or an answer that tells of trouble: the client asked again. */
  repeated: number;
  /** Calls that failed for good for such a reason. */
  lost: number;
  /** The service has asked this app to slow down. */
  waiting?: { seconds: number };
}

const SHOWN = 12;

/** Watches every attempt that the client makes. */
export class Traffic {
  private readonly listeners = new Set<() => void>();
  private next = 1;
  state: TrafficState = { latest: [], byTask: {}, attempts: 0, repeated: 0, lost: 0 };

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  snapshot = (): TrafficState => this.state;

  /** `fetch`, watched. */
  fetch: typeof fetch = async (input, init) => {
    const started = performance.now();
    const path = new URL(input instanceof Request ? input.url : input).pathname;
    const seen = { id: this.next++, at: new Date(), method: init?.method ?? 'GET', path };
    try {
      const response = await fetch(input, init);
      // `task-2; pid=4711`: a task keeps its name when it comes back.
      const task = response.headers.get('x-served-by')?.split(';')[0];
      this.add({ ...seen, status: response.status, task, ms: performance.now() - started });
      if (response.status === 429) this.wait(Number(response.headers.get('retry-after') ?? 1));
      return response;
    } catch (error) {
      if (!init?.signal?.aborted) this.add({ ...seen, ms: performance.now() - started });
      throw error;
    }
  };

  /** A call failed for good, and not because of what it asked for. */
  lose(): void {
    this.tell({ ...this.state, lost: this.state.lost + 1 });
  }

  private add(attempt: Attempt): void {
    const { latest, byTask, attempts, repeated } = this.state;
    const isTrouble = attempt.status === undefined || attempt.status >= 500;
    const { task } = attempt;
    this.tell({
      ...this.state,
      latest: [attempt, ...latest].slice(0, SHOWN),
      byTask: task === undefined ? byTask : { ...byTask, [task]: (byTask[task] ?? 0) + 1 },
      attempts: attempts + 1,
      repeated: repeated + (isTrouble ? 1 : 0),
    });
  }

  private wait(seconds: number): void {
    this.tell({ ...this.state, waiting: { seconds } });
    setTimeout(() => this.tell({ ...this.state, waiting: undefined }), seconds * 1_000);
  }

  private tell(state: TrafficState): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}
