import type { StoredShare } from '../shares/share.js';
import type { Content, StoredDocument } from '../stored-document.js';

/** A document with all that is kept beside it, newest first. */
export interface OwnedDocument {
  document: StoredDocument;
  versions: Content[];
  shares: StoredShare[];
}

/** Every row of one owner, for export and erasure. Strongly consistent. */
export abstract class OwnerRows {
  /** All documents, trash and pending ones too, in the order of their ids. Holds a few pages of rows at a time, however many there are. */
  abstract documents(userId: string): AsyncIterable<OwnedDocument>;

  /** Removes every row of the owner and every share of theirs; stops between pages when `signal` aborts. Repeatable. */
  abstract removeAll(userId: string, signal?: AbortSignal): Promise<void>;
}
