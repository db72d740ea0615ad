import type { Caller } from '../caller.js';
import { documents } from '../generated/documents.js';
import { uploads } from '../generated/uploads.js';
import { versions } from '../generated/versions.js';
import type { Document, DocumentInput, UploadTicket } from '../generated/api.schemas.js';
import { FileChangedError, Problem } from '../problem.js';
import { sendParts } from './parts.js';
import { persist } from './persistence.js';
import { requireReadable, send, StorageError } from './send.js';
import { sha256 } from './sha256.js';

/** Up to here the service asks for one PUT, and a checksum of the whole is affordable. */
const HASHED_BYTES = 64 * 2 ** 20;

/** All that it takes to go on after a reload or on another device, with the file chosen again. Plain JSON. */
export interface UploadState {
  documentId: string;
  size: number;
  lastModified?: number;
}

export type UploadStatus = 'preparing' | 'uploading' | 'paused' | 'completing' | 'done' | 'failed' | 'aborted';

export interface UploadProgress {
  /** Bytes that are on their way or stored. */
  sent: number;
  total: number;
}

export interface UploadOptions extends Partial<Pick<DocumentInput, 'name' | 'contentType' | 'folder' | 'tags'>> {
  onProgress?: (progress: UploadProgress) => void;
  onStatus?: (status: UploadStatus) => void;
  /** Keep what it gives to `resume` later. */
  onState?: (state: UploadState) => void;
  resume?: UploadState;
  /** New content for this document instead of a new document. */
  versionOf?: string;
  /** Parts sent at the same time; 4 by default. */
  concurrency?: number;
  /** Stops without discarding: what is stored can be resumed. `abort()` discards. */
  signal?: AbortSignal;
}

const stopped = (): DOMException => new DOMException('The upload was paused.', 'AbortError');
const aborted = (): DOMException => new DOMException('The upload was aborted.', 'AbortError');

/** A file on its way: begun at once, `done` when the service has verified and published it. */
export class Upload {
  /** The published document. Rejects with `Problem`, `NetworkError`, `FileChangedError`, or an AbortError. */
  readonly done: Promise<Document>;
  private current: UploadStatus = 'preparing';
  private known?: UploadState;
  private run = new AbortController();
  private unpause?: () => void;
  private discarding?: Promise<void>;
  /** Aborted for good, unlike a pause. */
  private readonly end = new AbortController();
  /** A pause may cut off the answer to the creation: asked again, it is the same one. */
  private readonly key = crypto.randomUUID();

  constructor(
    private readonly api: Caller,
    private readonly file: Blob,
    private readonly options: UploadOptions = {},
  ) {
    this.known = options.resume;
    options.signal?.addEventListener('abort', () => this.stop(options.signal?.reason as Error), { once: true });
    if (options.signal?.aborted) this.stop(options.signal.reason as Error);
    this.done = this.carryOut();
    // Who only watches the status must not be punished for a failure.
    this.done.catch(() => {});
  }

  get status(): UploadStatus {
    return this.current;
  }

  get state(): UploadState | undefined {
    return this.known;
  }

  /** Stops sending until `resume()`; stored parts stay. A file in one piece begins anew. */
  pause(): void {
    if (this.current !== 'preparing' && this.current !== 'uploading') return;
    this.enter('paused');
    this.run.abort(stopped());
  }

  resume(): void {
    if (this.current !== 'paused') return;
    this.run = new AbortController();
    this.enter('uploading');
    this.unpause?.();
  }

  /** Stops for good and discards what is stored. Resolves when the service has done so, however often it is asked. */
  abort(): Promise<void> {
    this.discarding ??= this.discard().catch((error: unknown) => {
      this.discarding = undefined;
      throw error;
    });
    return this.discarding;
  }

  private async discard(): Promise<void> {
    if (this.current === 'done') return;
    this.stop(aborted());
    const isPublished = await this.done.then(() => true, () => false);
    if (this.known && !isPublished) await uploads(this.api).abort(this.known.documentId);
  }

  private stop(reason: Error): void {
    this.end.abort(reason);
    this.run.abort(reason);
    this.unpause?.();
  }

  private enter(status: UploadStatus): void {
    this.current = status;
    this.options.onStatus?.(status);
  }

  private async carryOut(): Promise<Document> {
    // After the constructor has returned: a listener may want the upload itself.
    await Promise.resolve();
    for (;;) {
      const { signal } = this.run;
      try {
        const document = await this.attempt(signal);
        this.enter('done');
        return document;
      } catch (error) {
        if (this.end.signal.aborted || !signal.aborted) throw this.failed(error);
        // Paused, and perhaps resumed already.
        if (this.current === 'paused') await new Promise<void>((resolve) => (this.unpause = resolve));
      }
    }
  }

  private failed(error: unknown): unknown {
    const reason = this.end.signal.aborted ? this.end.signal.reason : error;
    this.enter(this.end.signal.aborted ? 'aborted' : 'failed');
    return reason;
  }

  private async attempt(signal: AbortSignal): Promise<Document> {
    signal.throwIfAborted();
    const { file } = this;
    if (this.known && isOtherFile(file, this.known)) throw new FileChangedError();
    const ticket = this.known ? await this.resumed(this.known.documentId, signal) : await this.begun(signal);
    if ('id' in ticket) return ticket;
    const { documentId } = this.known as UploadState;
    this.enter('uploading');
    if (ticket.strategy === 'single') await this.sendWhole(documentId, ticket, signal);
    else await sendParts({ ...ticket, api: this.api, documentId, file, signal, concurrency: this.options.concurrency ?? 4, onProgress: this.progress });
    await requireReadable(file);
    // From here on it cannot be paused: it takes one call.
    this.enter('completing');
    return (await persist(() => uploads(this.api).complete(documentId, undefined, { signal }), signal)).data;
  }

  private readonly progress = (sent: number): void => this.options.onProgress?.({ sent, total: this.file.size });

  private async begun(signal: AbortSignal): Promise<UploadTicket> {
    const { file, options } = this;
    const { name = (file as File).name ?? 'file', contentType = file.type || 'application/octet-stream', folder, tags, versionOf } = options;
    const checksumSha256 = file.size <= HASHED_BYTES ? await sha256(file, signal) : undefined;
    const content = { contentType, size: file.size, checksumSha256 };
    const call = { signal, idempotencyKey: this.key };
    const begin = () =>
      versionOf === undefined
        ? uploads(this.api).create({ name, ...content, folder, tags }, call)
        : versions(this.api).begin(versionOf, content, call);
    const { data } = await persist(begin, signal);
    this.known = { documentId: data.document.id, size: file.size, lastModified: (file as File).lastModified };
    this.options.onState?.(this.known);
    return data.upload;
  }

  /** A new ticket, or the document when it was published already. */
  private async resumed(documentId: string, signal: AbortSignal): Promise<UploadTicket | Document> {
    try {
      return (await persist(() => uploads(this.api).ticket(documentId, { signal }), signal)).data.upload;
    } catch (error) {
      if (!Problem.is(error, 'conflict')) throw error;
      const { data } = await documents(this.api).get(documentId, { signal });
      if (data.status !== 'ready' || data.size !== this.file.size) throw error;
      return data;
    }
  }

  private async sendWhole(documentId: string, first: UploadTicket, signal: AbortSignal): Promise<void> {
    await persist(async (attempt) => {
      const ticket = attempt === 0 ? first : (await uploads(this.api).ticket(documentId, { signal })).data.upload;
      if (ticket.strategy !== 'single') throw new Error('The service changed its mind about the parts.');
      const { url, headers } = ticket;
      try {
        await send({ url, headers, body: this.file, signal, onProgress: this.progress });
      } catch (error) {
        if (!(error instanceof StorageError)) throw error;
        // The bytes are not the ones that were hashed.
        if (/Digest|Checksum/.test(error.code)) throw new FileChangedError({ cause: error });
        // It is stored already: an answer was lost, or this is a resumed upload.
        if (error.status !== 412) throw error;
      }
    }, signal);
  }
}

const isOtherFile = (file: Blob, { size, lastModified }: UploadState): boolean =>
  file.size !== size || (lastModified !== undefined && (file as File).lastModified !== undefined && (file as File).lastModified !== lastModified);
