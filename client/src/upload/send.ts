import { FileChangedError, NetworkError } from '../problem.js';

export interface Sending {
  url: string;
  headers: Record<string, string>;
  body: Blob;
  signal: AbortSignal;
  /** Bytes of this body that are on their way. */
  onProgress: (sent: number) => void;
}

/** Without a byte moving for this long the connection is given up. Milliseconds. */
const STALL_MS = 60_000;

/** S3 answered, but not with success. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  /** S3's own code, such as `SlowDown`. */
  readonly code: string;

  constructor(
    readonly status: number,
    body: string,
  ) {
    const code = /<Code>([^<]*)<\/Code>/.exec(body)?.[1] ?? 'Unknown';
    super(`The storage answered ${status} ${code}.`);
    this.code = code;
  }
}

/**
 * Puts bytes to a presigned URL. Rejects with `StorageError`, `NetworkError`, `FileChangedError`, or the signal's reason. A
 * browser tells progress only through XMLHttpRequest; elsewhere it is told when all has arrived.
 */
export async function send(sending: Sending): Promise<void> {
  const { signal, body } = sending;
  signal.throwIfAborted();
  try {
    const { status, text } = await (typeof XMLHttpRequest === 'undefined' ? sendByFetch(sending) : sendByXhr(sending));
    if (status < 200 || status > 299) throw new StorageError(status, text);
    sending.onProgress(body.size);
  } catch (error) {
    if (error instanceof StorageError) throw error;
    signal.throwIfAborted();
    await requireReadable(body);
    throw new NetworkError('The storage could not be reached.', { cause: error });
  }
}

/** A file that was changed, moved or removed cannot be read any more (File API §4, snapshot state). */
export async function requireReadable(body: Blob): Promise<void> {
  try {
    await body.slice(0, 1).arrayBuffer();
    await body.slice(-1).arrayBuffer();
  } catch (cause) {
    throw new FileChangedError({ cause });
  }
}

interface Answer {
  status: number;
  text: string;
}

async function sendByFetch({ url, headers, body, signal }: Sending): Promise<Answer> {
  // No progress to watch: a slow but living connection of 64 KiB/s must do.
  const deadline = AbortSignal.timeout(STALL_MS + Math.ceil(body.size / 64));
  const response = await fetch(url, { method: 'PUT', headers, body, signal: AbortSignal.any([signal, deadline]) });
  return { status: response.status, text: await response.text() };
}

function sendByXhr({ url, headers, body, signal, onProgress }: Sending): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    let stalled: ReturnType<typeof setTimeout>;
    const abort = (): void => xhr.abort();
    const moving = (): void => {
      clearTimeout(stalled);
      stalled = setTimeout(abort, STALL_MS);
    };
    xhr.open('PUT', url);
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
    xhr.upload.onprogress = ({ loaded }) => {
      moving();
      onProgress(loaded);
    };
    xhr.onload = () => resolve({ status: xhr.status, text: xhr.responseText });
    xhr.onerror = xhr.onabort = () => reject(new Error('The connection broke.'));
    xhr.onloadend = () => {
      clearTimeout(stalled);
      signal.removeEventListener('abort', abort);
    };
    signal.addEventListener('abort', abort, { once: true });
    moving();
    xhr.send(body);
  });
}
