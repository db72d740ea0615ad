import type { Page, PageRequest } from '../common/page.js';
import type { Receipt } from '../idempotency/receipt.js';
import type { Document } from './document.js';
import type { DocumentFilter } from './document-filter.js';
import type { Content, StoredDocument, Usage } from './stored-document.js';

/** Where a page of documents ended: the id of its last document. */
export interface DocumentPosition {
  after: string;
}

export type DocumentPageRequest = PageRequest<DocumentPosition>;

/** Bytes that no document needs any more: those of one version, or all of a document. Kept until nothing can write them. */
export interface Leftover {
  userId: string;
  documentId: string;
  versionId?: string;
  /** RFC 3339; not before the last ticket for those bytes has expired. */
  dueAt: string;
}

/** What is stored together with a change of a document, or not at all. */
export interface Together {
  /** The answer to remember for the request's idempotency key; refused, and all with it, when the request lost its key. */
  receipt?: Receipt;
  /** A version to add to the history. */
  published?: Content;
  /** Versions to take out of the history. */
  dropped?: Content[];
  leftovers?: Leftover[];
}

/**
 * Documents by owner, with their history and the owner's usage. Everything read is strongly consistent. A write stores the
 * document, its places in all filtered lists and the usage, or nothing; one that would lift the usage over a limit rejects
 * with `AppError('quota-exceeded')`. A write whose reply was lost counts as done when it is found stored.
 */
export abstract class DocumentRepository {
  abstract find(userId: string, id: string): Promise<StoredDocument | undefined>;

  /** Also rejects with `quota-exceeded` when the promised bytes would not fit any more. */
  abstract create(document: StoredDocument, together?: Together): Promise<void>;

  /** Stores `next` over `previous`. False, and nothing changed, when another revision is stored by now. */
  abstract save(next: StoredDocument, previous: StoredDocument, together?: Together): Promise<boolean>;

  /** Removes a document; its history stays for `removeHistory`. False when another revision is stored by now. */
  abstract remove(document: StoredDocument, together: Together): Promise<boolean>;

  /** Newest first. Reads no more documents than it returns. */
  abstract list(userId: string, filter: DocumentFilter, page: DocumentPageRequest): Promise<Page<Document, DocumentPosition>>;

  abstract usage(userId: string): Promise<Usage>;

  /** Versions kept of a document, newest first. */
  abstract history(userId: string, id: string): Promise<Content[]>;

  /** Removes all that is kept under a document besides itself. Repeatable. */
  abstract removeHistory(userId: string, id: string): Promise<void>;
}
