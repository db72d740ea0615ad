import type { Document, DocumentStatus } from './document.js';

/** One upload of bytes for a document; `id` names the version that it becomes and the last part of its key. */
export interface Upload {
  id: string;
  /** `open` until it is published, aborted, expired or found to differ from what was promised. */
  state: 'open' | 'done' | 'aborted' | 'rejected';
  contentType: string;
  size: number;
  checksumSha256?: string;
  /** Present for a multipart upload. */
  partSize?: number;
  /** S3's id of the multipart upload, once there is one. */
  multipartId?: string;
  /** When the sweeper may end it: 24 hours after the last ticket. RFC 3339. */
  dueAt: string;
}

/** A document with what only the service knows. `revision` rises with every write, `version` with every visible change. */
export interface StoredDocument extends Omit<Document, 'status'> {
  userId: string;
  status: DocumentStatus;
  revision: number;
  /** The version whose bytes readers see; absent until one was verified. */
  contentId?: string;
  /** Bytes of all versions kept. */
  storedBytes: number;
  upload: Upload;
  /** What `restore` goes back to. */
  restoreTo?: Exclude<DocumentStatus, 'trashed'>;
  /** When trash or a rejected document is removed for good. */
  removeAt?: string;
}

/** Verified bytes of a document. */
export interface Content {
  id: string;
  /** The document's version that published it. */
  version: number;
  contentType: string;
  size: number;
  checksumSha256?: string;
  createdAt: string;
}

export interface Usage {
  documents: number;
  bytes: number;
  pendingUploads: number;
}

/** What a document adds to its owner's usage. Pending uploads do not count as documents. */
export const usageOf = (document: StoredDocument | undefined): Usage => ({
  documents: document?.contentId === undefined ? 0 : 1,
  bytes: document?.storedBytes ?? 0,
  pendingUploads: document?.upload.state === 'open' ? 1 : 0,
});

/** When the sweeper has to look at a document next. */
export function dueAtOf({ upload, removeAt }: StoredDocument): string | undefined {
  const dates = [upload.state === 'open' ? upload.dueAt : undefined, removeAt];
  return dates.filter((date) => date !== undefined).sort()[0];
}

/** What the owner sees. */
export function toDocument(stored: Document): Document {
  const { id, name, contentType, size, checksumSha256, folder, tags, status, reason, version, createdAt, updatedAt } = stored;
  return {
    id,
    name,
    contentType,
    size,
    ...(checksumSha256 && { checksumSha256 }),
    ...(folder !== undefined && { folder }),
    tags,
    status,
    ...(reason && { reason }),
    version,
    createdAt,
    updatedAt,
  };
}
