import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import { deliveryOf, type Disposition } from './content-disposition.js';
import { DocumentChanges, notFound } from './document-changes.js';
import { DocumentRepository } from './document.repository.js';
import type { StoredDocument } from './stored-document.js';
import { DOWNLOAD_SECONDS, FileStore } from './uploads/file-store.js';

export interface Download {
  url: string;
  expiresAt: string;
}

interface Choice {
  disposition: Disposition;
  /** A version of the history: its id, or the document's version that published it. */
  version?: string;
}

/** Short-lived addresses of verified bytes. */
@Injectable()
export class DownloadsService {
  constructor(
    private readonly documents: DocumentRepository,
    private readonly changes: DocumentChanges,
    private readonly files: FileStore,
  ) {}

  async download(userId: string, id: string, { disposition, version }: Choice): Promise<Download> {
    const document = await this.changes.get(userId, id);
    if (document.status === 'trashed') throw notFound();
    if (document.status !== 'ready') {
      throw new AppError('not-ready', `The document is ${document.status}: there is nothing to download.`);
    }
    return version === undefined ? this.urlOf(document, disposition) : this.urlOf(await this.at(document, version), disposition);
  }

  /** The address of what readers of a ready document see. */
  async urlOf(document: StoredDocument, disposition: Disposition, seconds = DOWNLOAD_SECONDS): Promise<Download> {
    const { userId, id, contentId, name, contentType } = document;
    if (contentId === undefined) throw new AppError('not-ready', 'The document has no content.');
    const key = { userId, documentId: id, versionId: contentId };
    const { url, expiresAt } = await this.files.signDownload(key, deliveryOf(disposition, name, contentType), seconds);
    return { url, expiresAt };
  }

  private async at(document: StoredDocument, version: string): Promise<StoredDocument> {
    const history = await this.documents.history(document.userId, document.id);
    const content = history.find(({ id, version: number }) => id === version || String(number) === version);
    if (!content) throw new AppError('not-found', 'There is no such version of the document.');
    return { ...document, contentId: content.id, contentType: content.contentType };
  }
}
