import { NetworkError, Problem } from '../problem.js';
import { backoff, delay, isOffline, online } from '../waiting.js';
import { StorageError } from './send.js';

const ATTEMPTS = 8;

/** S3 says these of trouble that passes, and 403 of a ticket that has expired: the next attempt gets another. */
const PASSING = new Set([403, 408, 429, 500, 502, 503, 504]);

const passes = (error: unknown): boolean =>
  error instanceof NetworkError ||
  (error instanceof StorageError && (PASSING.has(error.status) || error.code === 'RequestTimeout')) ||
  Problem.is(error, 'rate-limited', 'unavailable', 'internal', 'request-timeout');

/**
 * Repeats a step of an upload until it is done, or fails for a reason that does not pass. While the browser is off line it
 * waits without counting: nothing chosen is lost in a tunnel.
 */
export async function persist<T>(step: (attempt: number) => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let attempt = 0; ; ) {
    try {
      return await step(attempt);
    } catch (error) {
      signal.throwIfAborted();
      if (isOffline() && error instanceof NetworkError) {
        await online(signal);
        continue;
      }
      attempt += 1;
      if (!passes(error) || attempt === ATTEMPTS) throw error;
      const asked = error instanceof Problem ? (error.retryAfter ?? 0) * 1_000 : 0;
      await delay(asked + backoff(attempt + 1), signal);
    }
  }
}
