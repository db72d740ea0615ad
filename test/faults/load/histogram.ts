/** Each bucket is 1 % wider than the one before it, from 1 µs to over an hour. */
const GROWTH = Math.log(1.01);
const BUCKETS = 2_300;

/** Latencies in buckets of 1 % relative width (as HdrHistogram keeps them): constant memory, percentiles within 1 %. */
export class Histogram {
  private readonly counts = new Uint32Array(BUCKETS);
  count = 0;
  max = 0;

  /** Milliseconds. */
  record(ms: number): void {
    const bucket = Math.floor(Math.log(Math.max(1, ms * 1_000)) / GROWTH);
    const at = Math.min(bucket, BUCKETS - 1);
    this.counts[at] = (this.counts[at] ?? 0) + 1;
    this.count += 1;
    this.max = Math.max(this.max, ms);
  }

  /** The latency that `share` (0..1) of the recordings do not exceed, in milliseconds; 0 without recordings. */
  percentile(share: number): number {
    const wanted = Math.max(1, Math.ceil(share * this.count));
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      seen += this.counts[bucket] ?? 0;
      if (this.count > 0 && seen >= wanted) return Math.min(this.max, Math.exp((bucket + 1) * GROWTH) / 1_000);
    }
    return 0;
  }

  static of(values: Iterable<number>): Histogram {
    const histogram = new Histogram();
    for (const value of values) histogram.record(value);
    return histogram;
  }
}
