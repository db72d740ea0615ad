import { Injectable } from '@nestjs/common';
import { AppError, isKind } from '../../common/app-error.js';
import { Clock } from '../../common/clock.js';
import { Ids } from '../../common/ids.js';
import { matchIfGiven, type Preconditions } from '../../common/preconditions.js';
import type { Receipt } from '../../idempotency/receipt.js';
import { documentEtag, type ContentInput, type DocumentInput } from '../document.js';
import { DocumentChanges } from '../document-changes.js';
import { DocumentRepository, type Leftover } from '../document.repository.js';
import { Leftovers } from '../leftovers.js';
import { Limits } from '../limits.js';
import type { StoredDocument, Upload } from '../stored-document.js';
import { FileStore } from './file-store.js';
import { isMultipart, partSizeOf } from './part-plan.js';
import { openUpload, REJECTED_MS, UPLOAD_REST_MS, withoutUpload } from './upload-state.js';
import { ticketFor, type BegunUpload, type UploadTicket } from './upload-ticket.js';

const HOUR_MS = 60 * 60 * 1_000;

export type ReceiptOf = (document: StoredDocument) => Receipt | undefined;

export interface Ticketed {
  document: StoredDocument;
  upload: UploadTicket;
}

/** Uploads from the promise to the ticket, and their end without bytes. */
@Injectable()
export class UploadsService {
  constructor(
    private readonly documents: DocumentRepository,
    private readonly changes: DocumentChanges,
    private readonly files: FileStore,
    private readonly leftovers: Leftovers,
    private readonly limits: Limits,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** `receiptOf` may give what to remember of the new document in the same transaction. */
  async create(userId: string, input: DocumentInput, receiptOf: ReceiptOf = () => undefined): Promise<Ticketed> {
    const now = this.clock.timestamp();
    const document: StoredDocument = {
      userId,
      id: this.ids.next(),
      ...input,
      status: 'pending',
      version: 1,
      revision: 1,
      createdAt: now,
      updatedAt: now,
      storedBytes: 0,
      upload: this.promised(input),
    };
    await this.documents.create(document, { receipt: receiptOf(document) });
    return { document, upload: await ticketFor(document, this.files, this.clock) };
  }

  /** Asking again for a ticket keeps the upload alive for another day. */
  async ticket(userId: string, id: string): Promise<UploadTicket> {
    const document = await this.keepAlive(userId, id);
    return ticketFor(document, this.files, this.clock);
  }

  /**
   * The ticket of an upload that was begun before: a fresh one while it is open. Afterwards one that ends with the first
   * ticket: what was aborted and cleared away must not become writable again.
   */
  async ticketAgain(begun: BegunUpload): Promise<UploadTicket> {
    const isOpen = await this.keepAlive(begun.userId, begun.id).then(({ upload }) => upload.id === begun.upload.id, isEnded);
    return ticketFor(begun, this.files, this.clock, isOpen ? undefined : Date.parse(begun.upload.dueAt) - UPLOAD_REST_MS);
  }

  /** The document with an open upload that will not expire within the next 23 hours. */
  keepAlive(userId: string, id: string): Promise<StoredDocument> {
    return this.changes.change(userId, id, (current) => {
      const upload = openUpload(current);
      if (Date.parse(upload.dueAt) - this.clock.now() > UPLOAD_REST_MS - HOUR_MS) return { next: current };
      return { next: { ...current, upload: { ...upload, dueAt: this.restUntil() } } };
    });
  }

  /** Aborting what was aborted, expired or rejected changes nothing. */
  async abort(userId: string, id: string, conditions: Preconditions): Promise<void> {
    let leftover = this.leftovers.of({ userId, documentId: id });
    await this.changes.change(userId, id, (current) => {
      const { upload } = current;
      if (upload.state === 'done') throw new AppError('conflict', 'The upload is complete.');
      leftover = { ...leftover, versionId: upload.id };
      if (upload.state !== 'open') return { next: current };
      matchIfGiven(conditions, documentEtag(current));
      return { next: withoutUpload(current, 'aborted', this.ending()), together: { leftovers: [leftover] } };
    });
    await this.leftovers.tryClear(leftover);
  }

  /** Ends an upload that nobody went on with until `now`. Repeatable. */
  async expire(userId: string, id: string, now: string): Promise<void> {
    let leftover: Leftover | undefined;
    await this.changes.change(userId, id, (current) => {
      leftover = undefined;
      const { upload } = current;
      if (upload.state !== 'open' || upload.dueAt > now) return { next: current };
      leftover = this.leftovers.of({ userId, documentId: id, versionId: upload.id });
      return { next: withoutUpload(current, 'expired', this.ending()), together: { leftovers: [leftover] } };
    });
    if (leftover) await this.leftovers.tryClear(leftover);
  }

  /** A new upload of promised bytes. Throws `AppError('too-large')` with the limit. */
  promised({ contentType, size, checksumSha256 }: ContentInput): Upload {
    if (size > this.limits.fileBytes) {
      const numbers = { quota: 'fileBytes', limit: this.limits.fileBytes, requested: size };
      throw new AppError('too-large', `A file may have at most ${this.limits.fileBytes} bytes.`, { extra: numbers });
    }
    return {
      id: this.ids.next(),
      state: 'open',
      contentType,
      size,
      ...(checksumSha256 && { checksumSha256 }),
      ...(isMultipart(size) && { partSize: partSizeOf(size) }),
      dueAt: this.restUntil(),
    };
  }

  ending(): { now: string; removeAt: string } {
    return { now: this.clock.timestamp(), removeAt: this.clock.timestamp(this.clock.now() + REJECTED_MS) };
  }

  private restUntil(): string {
    return this.clock.timestamp(this.clock.now() + UPLOAD_REST_MS);
  }
}

const isEnded = (error: unknown): false => {
  if (isKind(error, 'not-found') || isKind(error, 'conflict')) return false;
  throw error;
};
