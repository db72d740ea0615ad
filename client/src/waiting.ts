const BASE_MS = 200;
const CAP_MS = 10_000;

/** Full jitter: anything up to a limit that doubles, so that clients that failed together do not return together. */
export const backoff = (attempt: number): number => Math.random() * Math.min(CAP_MS, BASE_MS * 2 ** attempt);

/** Rejects with the signal's reason when it is aborted. Milliseconds. */
export function delay(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', abort, { once: true });
  });
}

/** True when the browser knows that there is no network; Node does not tell. */
export const isOffline = (): boolean => (globalThis.navigator as { onLine?: boolean } | undefined)?.onLine === false;

/** Resolves when the browser is on line again; at once where nobody knows. */
export async function online(signal?: AbortSignal): Promise<void> {
  while (isOffline()) {
    const woken = new AbortController();
    const wake = (): void => woken.abort();
    globalThis.addEventListener?.('online', wake, { once: true });
    try {
      await delay(2_000, signal ? AbortSignal.any([signal, woken.signal]) : woken.signal);
    } catch (error) {
      if (signal?.aborted) throw error;
    } finally {
      globalThis.removeEventListener?.('online', wake);
    }
  }
}
