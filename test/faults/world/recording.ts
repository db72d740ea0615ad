import { setTimeout as delay } from 'node:timers/promises';
import { Histogram } from '../load/histogram.js';
import type { OpenLoop, Sample } from '../load/open-loop.js';

/** A stretch of a row's time, in milliseconds since its load began. */
export interface Span {
  label: string;
  kind: 'calm' | 'fault' | 'after';
  from: number;
  to: number;
}

export interface Summary {
  requests: number;
  failed: number;
  p50: number;
  p99: number;
  max: number;
}

/** A reply that the service owes nobody: none at all, or a failure on its side. */
export const isFailure = ({ status }: Sample): boolean => status === 0 || status >= 500;

/** Failures that do not tell the client that it may come back, and when: 503 with `Retry-After` does. */
export const unexplainedIn = (samples: Sample[]): string[] =>
  samples
    .filter((sample) => isFailure(sample) && !(sample.status === 503 && sample.hasRetryAfter))
    .map(({ status, failure, server, label }) => `${label}: ${status || failure}${server ? '' : ' (not from a replica)'}`);

/** What was sent to a row's world and when what went wrong there. */
export class Recording {
  readonly spans: Span[] = [];
  private loop?: OpenLoop;

  follow(load: OpenLoop): void {
    this.loop = load;
  }

  get samples(): Sample[] {
    return this.loop?.samples ?? [];
  }

  now(): number {
    return this.loop?.now() ?? 0;
  }

  /** Marks the time that `body` takes. */
  async during<T>(kind: Span['kind'], label: string, body: () => Promise<T>): Promise<T> {
    const span: Span = { label, kind, from: this.now(), to: Infinity };
    this.spans.push(span);
    try {
      return await body();
    } finally {
      span.to = this.now();
    }
  }

  calm(ms: number): Promise<void> {
    return this.during('calm', 'undisturbed', () => delay(ms));
  }

  /** Requests that were due in the stretches of that label. Only complete once the load has been stopped. */
  within(label: string): Sample[] {
    const spans = this.spans.filter((span) => span.label === label);
    return this.samples.filter(({ at }) => spans.some(({ from, to }) => at >= from && at < to));
  }

  between(from: number, to: number): Sample[] {
    return this.samples.filter(({ at }) => at >= from && at < to);
  }
}

export function summaryOf(samples: Sample[]): Summary {
  const histogram = Histogram.of(samples.map(({ ms }) => ms));
  return {
    requests: samples.length,
    failed: samples.filter(isFailure).length,
    p50: histogram.percentile(0.5),
    p99: histogram.percentile(0.99),
    max: histogram.max,
  };
}
