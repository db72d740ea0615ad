import { SoftState } from '../common/soft-state.js';

/** Counters since the start of the process. */
@SoftState({ holds: 'counters of hits, misses, bypasses and failures of the cache', bound: 'four numbers', maxAge: 'until the process ends', ifLost: 'nothing' })
export class CacheStats {
  hits = 0;
  misses = 0;
  /** Reads that went to the truth because the cache could not or must not be used. */
  bypasses = 0;
  /** Calls to the cache that failed. */
  failures = 0;
}
