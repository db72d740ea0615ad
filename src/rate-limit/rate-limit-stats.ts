import { SoftState } from '../common/soft-state.js';

/** Counters since the start of the process, for whoever exports metrics. */
@SoftState({ holds: 'counters of refused and of locally counted requests', bound: 'two numbers', maxAge: 'until the process ends', ifLost: 'nothing' })
export class RateLimitStats {
  refused = 0;
  /** Requests that this task counted by itself because there is no cache, or it did not answer. */
  countedLocally = 0;
}
