import type { Caller } from '../caller.js';
import { uploads } from '../generated/uploads.js';
import type { SignedPartsPartsItem } from '../generated/api.schemas.js';
import { persist } from './persistence.js';
import { send } from './send.js';

interface PartsUpload {
  api: Caller;
  documentId: string;
  file: Blob;
  partSize: number;
  partCount: number;
  concurrency: number;
  signal: AbortSignal;
  onProgress: (sent: number) => void;
}

/** Sends the parts that the storage does not have yet, some at a time. */
export async function sendParts(upload: PartsUpload): Promise<void> {
  const { api, documentId, file, partSize, partCount, concurrency, signal } = upload;
  const stored = await persist(() => uploads(api).storedParts(documentId, { signal }), signal);
  const sizeOf = (partNumber: number): number => Math.min(partSize, file.size - (partNumber - 1) * partSize);
  const kept = new Set(stored.data.parts.filter(({ partNumber, size }) => size === sizeOf(partNumber)).map(({ partNumber }) => partNumber));
  const missing = Array.from({ length: partCount }, (_, index) => index + 1).filter((partNumber) => !kept.has(partNumber));

  const sent = new Map([...kept].map((partNumber) => [partNumber, sizeOf(partNumber)]));
  const progress = (partNumber: number, bytes: number): void => {
    sent.set(partNumber, bytes);
    upload.onProgress([...sent.values()].reduce((sum, each) => sum + each, 0));
  };
  if (kept.size > 0) progress(0, 0);

  const tickets = new Tickets(api, documentId, missing, concurrency * 4, signal);
  // When one part fails for good the others stop.
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const sendPart = (partNumber: number): Promise<void> =>
    persist(async (attempt) => {
      const { url, headers } = await tickets.of(partNumber, attempt > 0);
      const start = (partNumber - 1) * partSize;
      const body = file.slice(start, start + partSize);
      progress(partNumber, 0);
      await send({ url, headers, body, signal: either, onProgress: (bytes) => progress(partNumber, bytes) });
    }, either);
  const queue = missing.values();
  const worker = async (): Promise<void> => {
    for (const partNumber of queue) await sendPart(partNumber);
  };
  const workers = Array.from({ length: Math.min(concurrency, missing.length) }, () => worker().catch((error: unknown) => {
    failed.abort(error);
    throw error;
  }));
  await Promise.allSettled(workers);
  signal.throwIfAborted();
  failed.signal.throwIfAborted();
}

/** Signed URLs, asked for in small batches because each works for 15 minutes only. */
class Tickets {
  private readonly known = new Map<number, Promise<SignedPartsPartsItem>>();

  constructor(
    private readonly api: Caller,
    private readonly documentId: string,
    private readonly wanted: number[],
    private readonly batch: number,
    private readonly signal: AbortSignal,
  ) {}

  async of(partNumber: number, isRefused: boolean): Promise<SignedPartsPartsItem> {
    if (isRefused) this.known.delete(partNumber);
    if (!this.known.has(partNumber)) this.ask(partNumber, isRefused);
    return this.known.get(partNumber) as Promise<SignedPartsPartsItem>;
  }

  private ask(first: number, isRefused: boolean): void {
    const from = this.wanted.indexOf(first);
    const partNumbers = isRefused ? [first] : this.wanted.slice(from, from + this.batch);
    const asked = uploads(this.api).signParts(this.documentId, { partNumbers }, { signal: this.signal });
    for (const partNumber of partNumbers) {
      const ticket = asked.then(({ data }) => data.parts.find((part) => part.partNumber === partNumber) as SignedPartsPartsItem);
      // Whoever waits for it hears of a failure; nobody may.
      ticket.catch(() => this.known.delete(partNumber));
      this.known.set(partNumber, ticket);
    }
  }
}
