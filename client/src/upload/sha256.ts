import { FileChangedError } from '../problem.js';

const base64 = (bytes: ArrayBuffer): string => btoa(String.fromCharCode(...new Uint8Array(bytes)));

/** What the worker runs; it gets a Blob, reads it itself, and answers with the digest or nothing. */
const WORKER = `onmessage = async ({ data }) => {
  try { postMessage(await crypto.subtle.digest('SHA-256', await data.arrayBuffer())); } catch { postMessage(null); }
}`;

/**
 * The SHA-256 of a blob in base64, made in a worker so that reading and hashing never hold up the page. Undefined where there
 * is no WebCrypto (a page over plain http). Rejects with `FileChangedError` when the file cannot be read any more.
 */
export async function sha256(blob: Blob, signal?: AbortSignal): Promise<string | undefined> {
  signal?.throwIfAborted();
  if (!globalThis.crypto?.subtle) return undefined;
  const digest = (await inWorker(blob, signal)) ?? (await here(blob));
  signal?.throwIfAborted();
  return base64(digest);
}

/** Undefined where no worker could do it: Node, or a policy that allows no `worker-src blob:`. */
function inWorker(blob: Blob, signal?: AbortSignal): Promise<ArrayBuffer | undefined> {
  if (typeof Worker === 'undefined') return Promise.resolve(undefined);
  const url = URL.createObjectURL(new Blob([WORKER], { type: 'text/javascript' }));
  return new Promise<ArrayBuffer | undefined>((resolve, reject) => {
    const worker = new Worker(url);
    const end = (settle: () => void) => () => {
      worker.terminate();
      URL.revokeObjectURL(url);
      signal?.removeEventListener('abort', abort);
      settle();
    };
    const abort = end(() => reject(signal?.reason as Error));
    worker.onmessage = ({ data }: MessageEvent<ArrayBuffer | null>) => end(() => resolve(data ?? undefined))();
    worker.onerror = end(() => resolve(undefined));
    signal?.addEventListener('abort', abort, { once: true });
    worker.postMessage(blob);
  });
}

/** WebCrypto hashes beside the main thread, too; only the bytes pass through it. */
async function here(blob: Blob): Promise<ArrayBuffer> {
  const bytes = await blob.arrayBuffer().catch((cause: unknown) => {
    throw new FileChangedError({ cause });
  });
  return crypto.subtle.digest('SHA-256', bytes);
}
