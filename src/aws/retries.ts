import { StandardRetryStrategy } from '@smithy/util-retry';
import { SoftState } from '../common/soft-state.js';
import { currentBudget, Unavailable } from '../resilience/budget.js';

const ATTEMPTS = 3;
/** The SDK waits 0 to 1 s after the first throttled attempt: longer than a request has. Milliseconds. */
const THROTTLED_MS = 100;
const LONGEST_MS = 400;
/** From this base on the SDK means a throttled attempt. */
const SDK_THROTTLED_MS = 500;

/** Full jitter: anything from nothing to the exponential limit (AWS Architecture Blog, "Exponential Backoff And Jitter"). */
@SoftState({ holds: 'the base of the pause that is being chosen', bound: 'one number', maxAge: 'none: set and used in one step', ifLost: 'nothing' })
class FullJitter {
  private baseMs = 0;

  constructor(private readonly transientMs: number) {}

  setDelayBase(sdkBaseMs: number): void {
    this.baseMs = sdkBaseMs >= SDK_THROTTLED_MS ? THROTTLED_MS : this.transientMs;
  }

  /** Throws when the request would be over by then: the caller then gets the error of the last attempt at once. */
  computeNextBackoffDelay(attempt: number): number {
    const delay = Math.floor(Math.random() * Math.min(this.baseMs * 2 ** attempt, LONGEST_MS));
    const budget = currentBudget();
    if (budget && budget.remainingMs() <= delay) throw new Unavailable('no time left to try again');
    return delay;
  }
}

/**
 * The only layer of retries: three attempts, full jitter, and the SDK's quota per client (500 tokens; a retry takes 5 when
 * throttled, 14 otherwise, and a success gives them back), so that retries stop when most of them fail.
 */
export class Retries extends StandardRetryStrategy {
  constructor(transientMs: number) {
    super({ maxAttempts: ATTEMPTS, backoff: new FullJitter(transientMs) });
  }

  /** A `Retry-After` of the service is for our client to wait out, not for a request that it waits for: it is left out. */
  override refreshRetryTokenForRetry(...[token, { error, errorType }]: Parameters<StandardRetryStrategy['refreshRetryTokenForRetry']>) {
    return super.refreshRetryTokenForRetry(token, { error, errorType });
  }
}
