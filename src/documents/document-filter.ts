import { createHash } from 'node:crypto';
import type { Document, DocumentStatus } from './document.js';
import type { StoredDocument } from './stored-document.js';

/** What a list may be narrowed to. Without a status, trash is left out. */
export interface DocumentFilter {
  status?: DocumentStatus;
  folder?: string;
  tag?: string;
}

export const matches = (document: Pick<Document, 'status' | 'folder' | 'tags'>, { status, folder, tag }: DocumentFilter): boolean =>
  (status === undefined ? document.status !== 'trashed' : document.status === status) &&
  (folder === undefined || document.folder === folder) &&
  (tag === undefined || document.tags.includes(tag));

export const isUnfiltered = ({ status, folder, tag }: DocumentFilter): boolean =>
  status === undefined && folder === undefined && tag === undefined;

/** Names a filter in a sort key: hashed, because a folder alone can fill the 1,024 bytes of a key. */
export const filterKeyOf = ({ status, folder, tag }: DocumentFilter): string =>
  createHash('sha256')
    .update(JSON.stringify([status ?? null, folder ?? null, tag ?? null]))
    .digest('base64url')
    .slice(0, 22);

/** Every filter that lists the document, the unfiltered list left out: 43 at most, with a folder and ten tags. */
export function filtersOf({ status, folder, tags }: StoredDocument): DocumentFilter[] {
  const statuses = status === 'trashed' ? [status] : [undefined, status];
  const folders = folder === undefined ? [undefined] : [undefined, folder];
  return statuses
    .flatMap((s) => folders.flatMap((f) => [undefined, ...tags].map((t) => ({ status: s, folder: f, tag: t }))))
    .filter((filter) => !isUnfiltered(filter));
}

/** The filters that a change takes a document out of and puts it into. */
export function filterChanges(before: StoredDocument | undefined, after: StoredDocument | undefined) {
  const old = new Set(before ? filtersOf(before).map(filterKeyOf) : []);
  const now = new Set(after ? filtersOf(after).map(filterKeyOf) : []);
  return { removed: [...old].filter((key) => !now.has(key)), added: [...now].filter((key) => !old.has(key)) };
}
