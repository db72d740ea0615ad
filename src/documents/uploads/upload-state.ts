import { AppError } from '../../common/app-error.js';
import type { RejectionReason } from '../document.js';
import type { StoredDocument, Upload } from '../stored-document.js';
import type { FileKey } from './file-store.js';

const DAY_MS = 24 * 60 * 60 * 1_000;

/** How long an upload may rest after its last ticket. */
export const UPLOAD_REST_MS = DAY_MS;
/** How long a rejected document still tells why. */
export const REJECTED_MS = 30 * DAY_MS;

export const uploadKeyOf = ({ userId, id, upload }: Pick<StoredDocument, 'userId' | 'id' | 'upload'>): FileKey => ({
  userId,
  documentId: id,
  versionId: upload.id,
});

const REFUSALS: Record<Exclude<Upload['state'], 'open'>, string> = {
  done: 'The upload is complete.',
  aborted: 'The upload was aborted or has expired.',
  rejected: 'The upload was rejected: it is not what was promised.',
};

/** The upload that bytes may still be sent for. Throws `AppError('conflict')` when there is none. */
export function openUpload({ upload, status }: StoredDocument): Upload {
  if (upload.state !== 'open') throw new AppError('conflict', REFUSALS[upload.state]);
  if (status === 'trashed') throw new AppError('conflict', 'The document is in the trash: restore it first.');
  return upload;
}

/**
 * What a document becomes when its upload comes to nothing. Readers of a document that has content already notice nothing;
 * one without becomes `rejected`.
 */
export function withoutUpload(
  document: StoredDocument,
  reason: RejectionReason,
  at: { now: string; removeAt: string },
): StoredDocument {
  const upload: Upload = { ...document.upload, state: reason === 'mismatch' ? 'rejected' : 'aborted' };
  if (document.contentId !== undefined) return { ...document, upload };
  if (document.status === 'trashed') return { ...document, upload, reason, restoreTo: 'rejected' };
  const { version } = document;
  return { ...document, upload, reason, status: 'rejected', version: version + 1, updatedAt: at.now, removeAt: at.removeAt };
}
