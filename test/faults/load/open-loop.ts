import type { Reply, Request } from './http-client.js';

/** One request of a load; times in milliseconds, `at` since the load began. */
export interface Sample {
  label: string;
  /** When it was due, not when it left: a client that waits for the service would hide its stalls. */
  at: number;
  /** From when it was due until the whole reply was there. */
  ms: number;
  status: number;
  hasRetryAfter: boolean;
  /** Which replica answered, when the balancer says so. */
  server?: string;
  failure?: string;
}

export interface LoadOptions {
  perSecond: number;
  next: (nth: number) => Request;
  send: (request: Request) => Promise<Reply>;
  onReply?: (request: Request, reply: Reply, sample: Sample) => void;
}

/** Sends at a constant rate whatever the service does, and measures from the time at which each request was due. */
export class OpenLoop {
  readonly samples: Sample[] = [];
  readonly startedAt = performance.now();
  private readonly underWay = new Set<Promise<void>>();
  private timer?: NodeJS.Timeout;
  private sent = 0;

  constructor(private readonly options: LoadOptions) {
    this.sendDue();
  }

  get outstanding(): number {
    return this.underWay.size;
  }

  /** Milliseconds since it began. */
  now(): number {
    return performance.now() - this.startedAt;
  }

  /** Sends nothing more; resolves when every request was answered or given up. */
  async stop(): Promise<Sample[]> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await Promise.all(this.underWay);
    return this.samples;
  }

  private sendDue(): void {
    const gap = 1_000 / this.options.perSecond;
    while (this.sent * gap <= this.now()) this.sendOne(this.sent++, gap);
    this.timer = setTimeout(() => this.sendDue(), Math.max(0, this.sent * gap - this.now()));
  }

  private sendOne(nth: number, gap: number): void {
    const at = nth * gap;
    const request = this.options.next(nth);
    const done = this.options.send(request).then((reply) => {
      const { status, headers, failure } = reply;
      const sample: Sample = { label: request.label, at, ms: this.now() - at, status, hasRetryAfter: headers['retry-after'] !== undefined };
      if (headers['x-served-by'] !== undefined) sample.server = String(headers['x-served-by']);
      if (failure !== undefined) sample.failure = failure;
      this.samples.push(sample);
      this.options.onReply?.(request, reply, sample);
      this.underWay.delete(done);
    });
    this.underWay.add(done);
  }
}
