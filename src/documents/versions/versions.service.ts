import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { Clock } from '../../common/clock.js';
import { matchIfGiven, type Preconditions } from '../../common/preconditions.js';
import { documentEtag, type ContentInput } from '../document.js';
import { DocumentChanges, notFound } from '../document-changes.js';
import { DocumentRepository } from '../document.repository.js';
import type { Content } from '../stored-document.js';
import { FileStore } from '../uploads/file-store.js';
import { ticketFor } from '../uploads/upload-ticket.js';
import { UploadsService, type ReceiptOf, type Ticketed } from '../uploads/uploads.service.js';

export interface HistoryEntry extends Content {
  /** True for the version that readers see. */
  current: boolean;
}

/** New content for a document under a new key: readers see the old until the new one is verified. */
@Injectable()
export class VersionsService {
  constructor(
    private readonly documents: DocumentRepository,
    private readonly changes: DocumentChanges,
    private readonly uploads: UploadsService,
    private readonly files: FileStore,
    private readonly clock: Clock,
  ) {}

  /** One upload at a time: while another is open, `AppError('conflict')`. */
  async begin(
    userId: string,
    id: string,
    input: ContentInput,
    conditions: Preconditions,
    receiptOf: ReceiptOf = () => undefined,
  ): Promise<Ticketed> {
    const upload = this.uploads.promised(input);
    const document = await this.changes.change(userId, id, (current) => {
      if (current.status === 'trashed') throw notFound();
      matchIfGiven(conditions, documentEtag(current));
      if (current.status !== 'ready') throw new AppError('not-ready', `The document is ${current.status}: it has no version yet.`);
      if (current.upload.state === 'open') throw new AppError('conflict', 'Another upload is under way: complete or abort it first.');
      const next = { ...current, upload };
      return { next, together: { receipt: receiptOf(next) } };
    });
    return { document, upload: await ticketFor(document, this.files, this.clock) };
  }

  /** Newest first. */
  async history(userId: string, id: string): Promise<HistoryEntry[]> {
    const { contentId, status } = await this.changes.get(userId, id);
    if (status === 'trashed') throw notFound();
    const contents = await this.documents.history(userId, id);
    return contents.map((content) => ({ ...content, current: content.id === contentId }));
  }
}
