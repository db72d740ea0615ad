import { Injectable } from '@nestjs/common';
import { deliveryOf } from '../content-disposition.js';
import { DocumentRepository } from '../document.repository.js';
import { toShare } from '../shares/share.js';
import { toDocument, type Usage } from '../stored-document.js';
import { FileStore } from '../uploads/file-store.js';
import { OwnerRows, type OwnedDocument } from './owner-rows.js';

/** Addresses in an export live longer than others: whoever gets it has many to fetch. */
const EXPORT_SECONDS = 30 * 60;

/** All documents of one owner: to hand out, and to erase. */
@Injectable()
export class OwnedDocuments {
  constructor(
    private readonly rows: OwnerRows,
    private readonly documents: DocumentRepository,
    private readonly files: FileStore,
  ) {}

  usage(userId: string): Promise<Usage> {
    return this.documents.usage(userId);
  }

  /** Each document with its versions, freshly signed, and its shares without their secrets. */
  async *export(userId: string): AsyncIterable<object> {
    for await (const owned of this.rows.documents(userId)) yield this.exported(owned);
  }

  /** Rows and bytes, multipart uploads included; rejects when `signal` aborts first. Repeatable. */
  async eraseAll(userId: string, signal?: AbortSignal): Promise<void> {
    await this.rows.removeAll(userId, signal);
    await this.files.discardOwned(userId, async () => false, signal);
  }

  /** Bytes that came with a ticket from before an erasure: those of no document that there is. */
  async discardStrays(userId: string): Promise<void> {
    const known = new Map<string, boolean>();
    await this.files.discardOwned(userId, async (documentId) => {
      if (!known.has(documentId)) known.set(documentId, (await this.documents.find(userId, documentId)) !== undefined);
      return known.get(documentId) ?? true;
    });
  }

  private async exported({ document, versions, shares }: OwnedDocument): Promise<object> {
    const { userId, id, name } = document;
    const signed = versions.map(async (version) => {
      const key = { userId, documentId: id, versionId: version.id };
      const { url, expiresAt } = await this.files.signDownload(key, deliveryOf('attachment', name, version.contentType), EXPORT_SECONDS);
      return { ...version, download: { url, expiresAt } };
    });
    return { ...toDocument(document), versions: await Promise.all(signed), shares: shares.map(toShare) };
  }
}
