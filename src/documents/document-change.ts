import type { Together } from './document.repository.js';
import { usageOf, type StoredDocument, type Usage } from './stored-document.js';

/** From `previous` (absent: creation) to `next` (absent: removal). */
export interface DocumentChange {
  next?: StoredDocument;
  previous?: StoredDocument;
  together?: Together;
}

export const subjectOf = ({ next, previous }: DocumentChange): StoredDocument => {
  const subject = next ?? previous;
  if (!subject) throw new Error('A change needs a document.');
  return subject;
};

/** What a change adds to the usage. */
export function deltaOf({ next, previous }: DocumentChange): Usage {
  const [before, after] = [usageOf(previous), usageOf(next)];
  return {
    documents: after.documents - before.documents,
    bytes: after.bytes - before.bytes,
    pendingUploads: after.pendingUploads - before.pendingUploads,
  };
}

/** What has to fit: the delta, and for an upload that begins what it is going to add, so that it is refused before the bytes are sent. */
export function wantedBy(change: DocumentChange): Usage {
  const delta = deltaOf(change);
  const { next } = change;
  if (!next || delta.pendingUploads <= 0) return delta;
  const documents = delta.documents + (next.contentId === undefined ? 1 : 0);
  return { ...delta, documents, bytes: delta.bytes + next.upload.size };
}

