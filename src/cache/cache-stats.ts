/** Counters since the start of the process, for whoever exports metrics. */
export class CacheStats {
  hits = 0;
  misses = 0;
  /** Reads that went to the truth because the cache could not or must not be used. */
  bypasses = 0;
  /** Calls to the cache that failed. */
  failures = 0;
  breakerState: 'open' | 'closed' = 'closed';
}
